// What could go from a phone to make room. Nothing is ever deleted here: a file is proposed when
// two places gave it back just now, and the phone's own hash says that it has the same bytes.
#pragma once

#include "engine/engine.h"

#include <chrono>

namespace lifeboat::engine {

enum class SpaceReason { duplicate, large_video, old_screenshot, old_download };
std::string_view to_text(SpaceReason reason);

struct SpaceWishes {
    uint64_t video_bytes = 1'000'000'000;
    std::chrono::hours age{24 * 90};  // of screenshots and downloads
};

struct SpaceFile {
    ItemPath path{};
    uint64_t size = 0;
    TimePoint modified{};
    ItemPath twin{};    // of a duplicate: the one to keep
    std::string why{};  // of one that is not proven
};

// Each file is in one group at most, in the order of SpaceReason.
struct SpaceGroup {
    SpaceReason reason = SpaceReason::duplicate;
    std::vector<SpaceFile> proposed{};  // largest first
    std::vector<SpaceFile> not_proven{};
    uint64_t bytes() const;  // of those proposed
};

struct SpaceReport {
    phone::Facts facts{};
    std::optional<uint64_t> free_bytes{}, total_bytes{};
    std::vector<std::string> places{};  // that were read
    std::vector<PathNote> place_problems{};
    std::vector<SpaceGroup> groups{};  // those that are not empty
    uint64_t bytes() const;
};

// Of an Android phone; of an iPhone, throws Unsupported. What apps keep for themselves
// (Android/...) is never proposed.
SpaceReport free_space(phone::Phone& phone, std::span<Place> places, const SpaceWishes& wishes,
                       const OperationContext& context);

}  // namespace lifeboat::engine
