#include "phone/ios/device_link.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::phone::ios {
namespace {

// iOS 14 to 26 say 400, older ones 300. We know nothing newer.
constexpr uint64_t newest_version = 400;

ItemPath must_be_path(const std::string& name) {
    auto path = path_in_backup(name);
    if (!path) {
        throw Garbled(fmt::format("the iPhone asks for \"{}\", which is outside of its backup",
                                  printable(name.substr(0, 200))));
    }
    return std::move(*path);
}

// What the phone is told about a failure of the folder.
DlStatus status_of(const Error& error) {
    if (dynamic_cast<const NoSpace*>(&error) != nullptr) {
        return {.code = DlCode::no_space, .text = "No space left on device"};
    }
    return {.code = DlCode::io_error, .text = "Input/output error"};
}

// A file as the phone sends it, for the folder: whole, or it throws. Remembers whose fault an error
// was: what goes wrong on the wire is not the folder's.
class SentFile final : public ByteSource {
public:
    explicit SentFile(FileFrameReader& frames) : frames_(frames) {}

    size_t read(MutableByteView out) override {
        on_wire_ = true;
        const size_t got = frames_.read(out);
        on_wire_ = false;
        if (got > 0 || out.empty() || frames_.ending().is_success()) return got;
        on_wire_ = true;
        unreadable_ = true;
        throw Missing(reason());
    }

    bool failed_on_wire() const { return on_wire_; }
    bool unreadable() const { return unreadable_; }
    std::string reason() const {
        const FileEnding& ending = frames_.ending();
        return ending.text.empty()
                   ? fmt::format("the iPhone could not read it (code {})", ending.code)
                   : fmt::format("the iPhone could not read it: {}", printable(ending.text));
    }

private:
    FileFrameReader& frames_;
    bool on_wire_ = false;
    bool unreadable_ = false;
};

}  // namespace

// One command of the phone after another. The catches in here are where a failure of the folder
// becomes an answer: the phone must hear of it in its own words, and must be read to the end of its
// transfer before.
class DeviceLink::Server {
public:
    Server(DeviceLink& link, BackupFolder& folder, EventSink& events)
        : link_(link), folder_(folder), events_(events) {}

    // Nothing when the command was answered.
    std::optional<plist::Dict> handle(const DlMessage& message) {
        if (message.progress) folder_.progress(*message.progress);
        return std::visit(*this, message.command);
    }

    using Answered = std::optional<plist::Dict>;

    Answered operator()(const ProcessMessage& command) { return command.message; }
    Answered operator()(const Ping&) { return std::nullopt; }
    Answered operator()(const Disconnect& command) {
        throw Gone(command.text.empty() ? std::string("the iPhone ended the backup service")
                                        : fmt::format("the iPhone ended the backup service: {}",
                                                      printable(command.text)),
                   "Nothing that was saved is lost. Run the same command again.");
    }
    Answered operator()(const UnknownCommand& command) {
        events_.on(Noted{.severity = Severity::warning,
                         .text = fmt::format("the iPhone asks for {}, which is not known here",
                                             printable(command.name.substr(0, 60)))});
        return reply({.code = DlCode::unimplemented, .text = "Operation not supported"});
    }

    Answered operator()(const UploadFiles&) {
        FileFrameReader frames(*link_.connection_, FileNames::two);
        std::optional<DlStatus> failure;
        while (const auto names = frames.next()) {
            const ItemPath path = must_be_path(names->in_backup);
            // After the first failure the rest is only read: next() skips it.
            if (!failure) failure = store(path, names->on_phone, frames);
        }
        if (!failure) failure = guarded([&] { folder_.stored_all(); });
        return reply(failure.value_or(DlStatus{}));
    }

    Answered operator()(const DownloadFiles& command) {
        plist::Dict failures;
        for (const std::string& name : command.paths) {
            if (auto failure = send_file(name)) {
                failures.set(name,
                             plist::Dict{{"DLFileErrorString", failure->text},
                                         {"DLFileErrorCode", static_cast<int64_t>(failure->code)}});
            }
        }
        Bytes end;
        append_list_end(end);
        link_.connection_->write(end);
        if (failures.empty()) return reply({});
        return reply({.code = DlCode::multiple, .text = "Multi status", .payload = failures});
    }

    Answered operator()(const GetFreeSpace&) {
        uint64_t bytes = 0;
        if (auto failure = guarded([&] { bytes = folder_.free_bytes(); })) return reply(*failure);
        return reply({.payload = bytes});
    }

    Answered operator()(const PurgeSpace& command) {
        std::optional<uint64_t> freed;
        const auto purge = [&] { freed = folder_.purge(command.bytes, command.urgency); };
        if (auto failure = guarded(purge)) return reply(*failure);
        if (!freed) return reply({.code = DlCode::failed, .text = "Operation not supported"});
        return reply({.payload = *freed});
    }

    Answered operator()(const ListFolder& command) {
        const ItemPath path = must_be_path(command.path);
        std::optional<std::vector<DlEntry>> entries;
        if (auto failure = guarded([&] { entries = folder_.list(path); })) return reply(*failure);
        return reply({.payload = entries ? dl_listing(*entries) : plist::Dict{}});
    }

    Answered operator()(const CreateFolder& command) {
        const ItemPath path = must_be_path(command.path);
        // One that is there already is what the phone wants.
        if (auto failure = guarded([&] { folder_.make_folder(path); })) return reply(*failure);
        return reply({});
    }

    Answered operator()(const MoveItems& command) {
        std::optional<DlStatus> failure;
        for (const auto& [from, to] : command.moves) {
            const ItemPath source = must_be_path(from);
            const ItemPath target = must_be_path(to);
            bool found = true;
            if (!failure) failure = guarded([&] { found = folder_.move(source, target); });
            if (!found) failure = not_found();
        }
        return reply(failure.value_or(DlStatus{}));
    }

    Answered operator()(const RemoveItems& command) {
        std::optional<DlStatus> failure;
        for (const std::string& name : command.paths) {
            const ItemPath path = must_be_path(name);
            // The folder itself is not the phone's to remove.
            if (path.is_root()) throw Garbled("the iPhone wants its whole backup removed");
            if (!failure) failure = guarded([&] { folder_.remove(path); });
        }
        return reply(failure.value_or(DlStatus{}));
    }

    Answered operator()(const CopyItem& command) {
        const ItemPath from = must_be_path(command.from);
        const ItemPath to = must_be_path(command.to);
        bool found = true;
        auto failure = guarded([&] { found = folder_.copy(from, to); });
        if (!failure && !found) failure = not_found();
        return reply(failure.value_or(DlStatus{}));
    }

private:
    static DlStatus not_found() {
        return {.code = DlCode::not_found, .text = "No such file or directory"};
    }

    Answered reply(const DlStatus& status) {
        link_.answer(status);
        return std::nullopt;
    }

    DlStatus remember(const Error& error) {
        if (!link_.folder_failure_) link_.folder_failure_ = std::current_exception();
        return status_of(error);
    }

    template <class Work>
    std::optional<DlStatus> guarded(Work&& work) {
        try {
            work();
            return std::nullopt;
        } catch (const Error& error) {
            return remember(error);
        }
    }

    std::optional<DlStatus> store(const ItemPath& path, const std::string& on_phone,
                                  FileFrameReader& frames) {
        SentFile file(frames);
        try {
            folder_.store(path, file);
        } catch (const Error& error) {
            if (file.unreadable()) {
                return guarded([&] { folder_.unreadable(on_phone, file.reason()); });
            }
            if (file.failed_on_wire()) throw;
            return remember(error);
        }
        return std::nullopt;
    }

    // Sends one file, or why it cannot be sent: then also returned.
    std::optional<DlStatus> send_file(const std::string& name) {
        const ItemPath path = must_be_path(name);
        Bytes head;
        append_file_name(head, name);
        std::optional<BackupFolder::Readable> file;
        auto failure = guarded([&] { file = folder_.open(path); });
        if (!failure && !file) failure = not_found();
        if (!failure) {
            link_.connection_->write(head);
            head.clear();
            failure = send_content(*file->content);
        }
        if (failure) {
            append_file_failure(head, failure->code, failure->text);
        } else {
            append_file_end(head);
        }
        link_.connection_->write(head);
        return failure;
    }

    std::optional<DlStatus> send_content(ByteSource& content) {
        Bytes block(longest_sent_block);
        Bytes frame;
        while (true) {
            size_t got = 0;
            if (auto failure = guarded([&] { got = content.read(block); })) return failure;
            if (got == 0) return std::nullopt;
            frame.clear();
            append_data_head(frame, got);
            append(frame, ByteView(block).first(got));
            link_.connection_->write(frame);
        }
    }

    DeviceLink& link_;
    BackupFolder& folder_;
    EventSink& events_;
};

DeviceLink::DeviceLink(std::unique_ptr<Connection> connection, Connection::Patience patience)
    : connection_(std::move(connection)), patience_(std::move(patience)) {
    const DlVersion phone = parse_dl_version_exchange(connection_->receive(device_link_limits));
    version_ = std::min(phone.major, newest_version);
    connection_->send(dl_version_ok(version_), plist::Format::binary);
    const plist::Value ready = connection_->receive(device_link_limits);
    if (dl_name(ready) != dl_device_ready) {
        throw Garbled("the iPhone's backup service does not get ready");
    }
}

DlMessage DeviceLink::receive() {
    return parse_dl_message(connection_->receive(device_link_limits, patience_));
}

void DeviceLink::answer(const DlStatus& status) {
    connection_->send(dl_array(status), plist::Format::binary);
}

void DeviceLink::send_process_message(const plist::Dict& message) {
    connection_->send(dl_array(DlMessage{ProcessMessage{message}, std::nullopt}),
                      plist::Format::binary);
}

plist::Dict DeviceLink::serve(BackupFolder& folder, EventSink& events) {
    Server server(*this, folder, events);
    while (true) {
        if (auto message = server.handle(receive())) return std::move(*message);
    }
}

plist::Dict DeviceLink::receive_process_message() {
    while (true) {
        DlMessage message = receive();
        if (auto* answer = std::get_if<ProcessMessage>(&message.command)) {
            return std::move(answer->message);
        }
        if (std::holds_alternative<Disconnect>(message.command)) {
            throw Gone("the iPhone ended the backup service",
                       "Unlock the iPhone and run the same command again.");
        }
        if (std::holds_alternative<Ping>(message.command)) continue;
        throw Garbled("the iPhone asks for files where none were offered");
    }
}

void DeviceLink::disconnect() {
    try {
        connection_->send(dl_array(DlMessage{Disconnect{}, std::nullopt}), plist::Format::binary);
    } catch (const Gone&) {
        return;  // it said how it ended before: a phone that was restored restarts at once
    }
}

void DeviceLink::rethrow_folder_failure() const {
    if (folder_failure_) std::rethrow_exception(folder_failure_);
}

}  // namespace lifeboat::phone::ios
