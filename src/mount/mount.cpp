#include "mount/mount.h"

#include "base/error.h"
#include "base/task_group.h"
#include "mount/file_system.h"
#include "mount/session.h"

namespace lifeboat::mount {

struct Mount::Parts {
    Parts(MountOptions wanted, Cataloguer gives, EventSink& told, const std::stop_token& stop)
        : options(std::move(wanted)),
          cataloguer(std::move(gives)),
          events(told),
          files(told, stop) {}

    MountOptions options;
    Cataloguer cataloguer;
    EventSink& events;
    FileSystem files;
    std::unique_ptr<Session> session{};  // last: it calls the files

    void look_for_new(const std::stop_token& stop) {
        try {
            if (const auto catalogue = cataloguer(stop)) files.show(*catalogue);
        } catch (const Error& problem) {
            events.on(Noted{Severity::warning, "New backups are not shown: " + problem.message()});
        }
    }
};

Mount::Mount(const MountOptions& options, Cataloguer cataloguer, EventSink& events,
             const std::stop_token& stop)
    : parts_(std::make_unique<Parts>(options, std::move(cataloguer), events, stop)) {
    require_fuse("/dev/fuse");
    require_mount_point(options.folder);
    if (const auto catalogue = parts_->cataloguer(stop)) parts_->files.show(*catalogue);
    parts_->session = std::make_unique<Session>(FileSystem::operations(), &parts_->files,
                                                options.folder, options.name);
}

Mount::~Mount() = default;

void Mount::serve(sys::Clock& clock, const std::stop_token& stop) {
    TaskGroup group(std::stop_token{});
    group.run([&](const std::stop_token& over) {
        while (clock.sleep(parts_->options.refresh, over)) parts_->look_for_new(over);
    });
    parts_->session->serve(parts_->options.threads, stop);
    group.request_stop();
    group.join();
}

}  // namespace lifeboat::mount
