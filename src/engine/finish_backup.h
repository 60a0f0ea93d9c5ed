// The last step of every backup: Lifeboat's own records beside what the phone gave, and the
// snapshot.
#pragma once

#include "engine/engine.h"

#include <string>
#include <vector>

namespace lifeboat::engine {

// `tags` beside those that every backup has. `iphone` may be null. The person's stop is heard no
// more: what is finished now must not be stopped half-way.
repository::Receipt finish_backup(repository::SnapshotBuilder& builder, const Manifest& manifest,
                                  const phone::Facts& facts, std::vector<std::string> tags,
                                  TimePoint time, const IphoneProof* iphone = nullptr);

}  // namespace lifeboat::engine
