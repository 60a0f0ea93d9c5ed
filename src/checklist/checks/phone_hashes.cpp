#include "base/text.h"
#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

#include <algorithm>

namespace lifeboat::checklist {
namespace {

// Files that can be read, by the inventory: what the proof must not leave out.
std::optional<uint64_t> readable_files(Inquiry& look) {
    uint64_t total = 0;
    for (const std::string_view name : facts::classes) {
        const auto files = look.number(facts::class_on_phone, limits::phone_content_age, name);
        const auto closed = look.number(facts::class_unreadable, limits::phone_content_age, name);
        if (!files || !closed) return std::nullopt;
        total += *files - std::min(*files, *closed);
    }
    return total;
}

Finding judge_hashes(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "proof.hashes");
    const auto age = limits::phone_content_age;
    const auto total = look.number(facts::proof_total, age);
    const auto matched = look.number(facts::proof_matched, age);
    const auto mismatched = look.number(facts::proof_mismatched, age);
    const auto unhashed = look.number(facts::proof_unhashed, age);
    if (total) look.param("total", *total);
    if (mismatched.value_or(0) > 0) {
        return look.param("count", *mismatched).fail("proof.mismatched");
    }
    if (unhashed.value_or(0) > 0) return look.param("count", *unhashed).fail("proof.unhashed");
    const auto expected = readable_files(look);
    if (!total || !matched || !mismatched || !unhashed || !expected) return look.unknown();
    // What is new since the copy is in no proof; that it is new is said by the final copy's check.
    const auto fresh = parse_u64(look.peek(facts::phone_new_since_copy).value_or("0"));
    if (*matched != *total || *total < *expected - std::min(*expected, fresh.value_or(0))) {
        return look.unknown("contradiction");
    }
    return look.param("count", *matched).pass();
}

}  // namespace

Check phone_hashes() {
    return {.id = "R-002",
            .title = "Same bytes",
            .requirement = "R-002 R-205 R-305",
            .platform = Platform::android,  // an iPhone hashes nothing: see iphone_rehearsal
            .codes = {"proof.hashes", "proof.mismatched", "proof.unhashed"},
            .judge = judge_hashes};
}

}  // namespace lifeboat::checklist
