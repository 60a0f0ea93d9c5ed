// Reading from a place that may be failing: what goes wrong once is read again, and a file that
// cannot be read is told apart from a place that is gone.
#pragma once

#include "repository/repository.h"

namespace lifeboat::repository {

// Nothing when the file is missing or stays unreadable while the place itself answers. Throws what
// the place throws when it does not answer at all, and Denied: missing permissions are no damage.
std::optional<Bytes> load_steadily(const storage::Backend& backend, const std::string& name,
                                   storage::Range range, const std::stop_token& stop);

// The same for a whole file whose name is the hash of its bytes; `problem` says why there is
// nothing.
std::optional<Bytes> load_named_steadily(const storage::Backend& backend, const std::string& name,
                                         ByteView hash, std::string& problem,
                                         const std::stop_token& stop);

}  // namespace lifeboat::repository
