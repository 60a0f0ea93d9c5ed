#include "sim/ios/backup_commit.h"

#include <algorithm>
#include <array>

namespace lifeboat::sim::ios {

namespace {

constexpr size_t batch_size = 128;
constexpr std::array<const char*, 2> lists{"Manifest.plist", "Manifest.db"};
constexpr double percent_moving = 92;
constexpr double percent_removing = 96;
constexpr double percent_checking = 98;

}  // namespace

void BackupCommit::run() {
    if (status_.state != "removing") {
        enter("moving");
        move_files();
    }
    enter("removing");
    remove_files();
    enter("finished");
    check_arrival();
}

void BackupCommit::enter(const std::string& state) {
    status_.state = state;
    tools_.upload.send_list("Status.plist",
                            write_backup_status(status_, plist::Date::from(tools_.clock.now())));
}

std::vector<std::string> BackupCommit::files_to_move() {
    if (work_) return work_->moves;
    std::vector<std::string> waiting;
    for (const std::string& id : tools_.target.list_snapshot()) {
        if (files_.contains(id)) waiting.push_back(id);
    }
    std::ranges::sort(waiting);
    return waiting;
}

void BackupCommit::move_files() {
    tools_.link.set_progress(percent_moving);
    const auto waiting = files_to_move();
    std::vector<std::pair<std::string, std::string>> moves;
    for (size_t i = 0; i < waiting.size(); ++i) {
        moves.emplace_back(tools_.target.snapshot_path(waiting[i]),
                           tools_.target.file_path(waiting[i]));
        if (moves.size() < batch_size && i + 1 < waiting.size()) continue;
        tools_.link.move(std::exchange(moves, {}));
        tools_.faults.moves_done();
    }
    move_lists();
}

// Last: whoever comes in between finds the old ones, or both new.
void BackupCommit::move_lists() {
    const auto names = tools_.target.snapshot_names();
    std::vector<std::pair<std::string, std::string>> moves;
    for (const char* list : lists) {
        if (std::ranges::find(names, list) == names.end()) continue;
        moves.emplace_back(tools_.target.path("Snapshot/" + std::string(list)),
                           tools_.target.path(list));
    }
    if (!moves.empty()) tools_.link.move(std::move(moves));
}

void BackupCommit::remove_files() {
    tools_.link.set_progress(percent_removing);
    tools_.faults.before_removing();
    const auto vanished =
        work_ ? work_->removals : vanished_files(files_, tools_.target.list_files());
    std::vector<std::string> batch;
    for (const std::string& id : vanished) {
        batch.push_back(tools_.target.file_path(id));
        if (batch.size() == batch_size) tools_.link.remove(std::exchange(batch, {}));
    }
    if (!batch.empty()) tools_.link.remove(std::move(batch));
    tools_.link.remove({tools_.target.path("Snapshot")});
    tools_.link.remove({tools_.target.path("Manifest.mbdx")});
}

void BackupCommit::check_arrival() {
    tools_.link.set_progress(percent_checking);
    const auto status = tools_.target.read("Status.plist");
    const auto parsed = status ? parse_backup_status(*status) : std::nullopt;
    if (!parsed || parsed->uuid != status_.uuid || parsed->state != "finished") {
        throw BackupFailure(MbCode::files_missing, "Status.plist did not arrive");
    }
    for (const char* list : lists) {
        const auto content = tools_.target.read(list);
        if (!content || content->empty()) {
            throw BackupFailure(MbCode::files_missing, std::string(list) + " did not arrive");
        }
    }
    if (lacks_files(files_, tools_.target.list_files())) {
        throw BackupFailure(MbCode::files_missing, "Manifest references files not in backup");
    }
}

}  // namespace lifeboat::sim::ios
