// The other places a repair may fetch from: whole files by name, and single blobs.
#pragma once

#include "repository/open_repository.h"
#include "repository/repair.h"

namespace lifeboat::repository {

// For one thread. A source that stops answering is left out from then on, with a warning: the
// others, and what is in the damaged place itself, may be enough.
class RepairSources {
public:
    // Takes shared locks on the sources, where those can be written.
    RepairSources(const Store& damaged, const std::vector<RepairSource>& sources, EventSink& events,
                  const std::stop_token& stop);

    struct File {
        Bytes bytes{};
        std::string from{};
    };
    // A file whose name is the hash of its bytes: from its own parity, which needs no other place,
    // or from a place of the same repository.
    std::optional<File> file(const std::string& name, ByteView hash, const std::stop_token& stop);
    // The config, and a document of ours, as the first place of the same repository has it whole.
    std::optional<File> config(const std::stop_token& stop);
    std::optional<File> hold(const SnapshotId& id, const std::stop_token& stop);

    struct FoundBlob {
        Blob blob{};
        std::string from{};
    };
    std::optional<FoundBlob> blob(const BlobId& id, BlobType type, const std::stop_token& stop);

private:
    struct Source {
        std::string name{};
        OpenRepository* repository = nullptr;
        std::unique_ptr<SharedHold> hold{};
        bool same = false;
        bool gone = false;
    };
    // The first of such a name that `right` does not refuse with Corrupt.
    template <class Right>
    std::optional<File> file_if(const std::string& name, const std::stop_token& stop,
                                Right&& right);
    // Runs `ask` unless the source is gone; an answer that fails is none.
    template <class Ask>
    void ask(Source& source, Ask&& ask);

    const storage::Backend& damaged_;
    EventSink& events_;
    std::vector<Source> sources_;
};

}  // namespace lifeboat::repository
