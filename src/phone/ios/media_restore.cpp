#include "phone/ios/media_restore.h"

#include "base/text.h"
#include "crypto/sha256.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace lifeboat::phone::ios {
namespace {

constexpr size_t piece = size_t{1} << 20;
constexpr std::string_view draft_name = ".lifeboat-part";

class MediaRestore {
public:
    MediaRestore(Afc& afc, const FileTree& tree, EventSink& events)
        : afc_(afc), tree_(tree), events_(events) {}

    RestoreOutcome run(std::span<const ItemPath> only) {
        plan(only);
        check_space();
        for (const Item& item : files_) write(item);
        if (outcome_.files > 0) {
            events_.on(Noted{
                .severity = Severity::info,
                .text = "The files are on the iPhone. Its Photos app shows photos written this way "
                        "only after it has built its library anew; computers see them at once."});
        }
        return std::move(outcome_);
    }

private:
    void plan(std::span<const ItemPath> only) {
        const auto add = [&](const Item& item) {
            if (item.kind != ItemKind::file) return;
            if (afc_path_of(item.path) && !is_phones_own(item.path)) {
                files_.push_back(item);
                return;
            }
            outcome_.failed.push_back(
                {item.path, "an iPhone takes single files only in its media folder"});
        };
        if (only.empty()) return walk(tree_, ItemPath{}, add);
        for (const ItemPath& path : only) {
            const auto item = tree_.find(path);
            if (!item) {
                throw Missing(
                    fmt::format("the backup has nothing at \"{}\"", printable(path.text())));
            }
            add(*item);
            if (item->kind == ItemKind::folder) walk(tree_, path, add);
        }
    }

    void check_space() {
        uint64_t needed = 0;
        for (const Item& item : files_) needed += item.size;
        const uint64_t free = afc_.storage().free_bytes;
        if (needed <= free) return;
        throw NoSpace(fmt::format("the files need {}, and the iPhone has {} free",
                                  human_bytes(needed), human_bytes(free)),
                      "Nothing was written. Make room on the iPhone, or bring back fewer files.");
    }

    void write(const Item& item) {
        const std::string target = *afc_path_of(item.path);
        const std::string draft =
            fmt::format("{}/{}", target.substr(0, target.rfind('/')), draft_name);
        try {
            make_folders(item.path.parent());
            write_draft(item, draft);
            afc_.set_modified(draft, item.modified);
            take_place(draft, target);
        } catch (const Gone&) {
            throw;
        } catch (const Silent&) {
            throw;
        } catch (const Garbled&) {
            throw;
        } catch (const NoSpace&) {
            afc_.remove(draft);
            throw;
        } catch (const Error& error) {
            afc_.remove(draft);
            outcome_.failed.push_back({item.path, error.message()});
            events_.on(ItemFailed{.path = item.path.text(), .reason = error.message()});
            return;
        }
        ++outcome_.files;
        outcome_.bytes += item.size;
        events_.on(ItemDone{.path = item.path.text(), .bytes = item.size});
    }

    void make_folders(const ItemPath& folder) {
        if (folder.is_root() || made_.contains(folder)) return;
        make_folders(folder.parent());
        const auto remote = afc_path_of(folder);
        if (remote && !afc_.info(*remote)) afc_.make_folder(*remote);
        made_.insert(folder);
    }

    void write_draft(const Item& item, const std::string& draft) {
        const auto content = tree_.open(item.path);
        const auto handle = afc_.open(draft, AfcMode::write_new);
        if (!handle) throw Missing("the iPhone does not make the file");
        crypto::Sha256 hash;
        Bytes buffer(piece);
        uint64_t written = 0;
        try {
            while (const size_t got = content->read(buffer)) {
                hash.update(ByteView(buffer).first(got));
                afc_.write(*handle, ByteView(buffer).first(got));
                written += got;
            }
        } catch (const Gone&) {
            throw;
        } catch (const Silent&) {
            throw;
        } catch (const Error&) {
            afc_.close(*handle);
            throw;
        }
        afc_.close(*handle);
        if (hash_of(draft, buffer, written) != hash.finish()) {
            throw Corrupt("what was written reads back differently");
        }
    }

    // Reads no more than one piece beyond what was written: what is longer is different anyway.
    crypto::Sha256Value hash_of(const std::string& path, Bytes& buffer, uint64_t written) {
        const auto handle = afc_.open(path, AfcMode::read);
        if (!handle) throw Missing("what was written is not there");
        crypto::Sha256 hash;
        uint64_t read = 0;
        while (read <= written) {
            const size_t got = afc_.read(*handle, buffer);
            if (got == 0) break;
            hash.update(ByteView(buffer).first(got));
            read += got;
        }
        afc_.close(*handle);
        return hash.finish();
    }

    // What was there goes only when the whole new file is on the phone.
    void take_place(const std::string& draft, const std::string& target) {
        try {
            afc_.rename(draft, target);
        } catch (const AfcRefusal& refusal) {
            if (refusal.status != AfcStatus::exists) throw;
            afc_.remove(target);
            afc_.rename(draft, target);
        }
    }

    Afc& afc_;
    const FileTree& tree_;
    EventSink& events_;
    std::vector<Item> files_{};
    std::set<ItemPath> made_{};
    RestoreOutcome outcome_{};
};

}  // namespace

RestoreOutcome restore_media(Afc& afc, const FileTree& tree, std::span<const ItemPath> only,
                             EventSink& events) {
    return MediaRestore(afc, tree, events).run(only);
}

}  // namespace lifeboat::phone::ios
