#include "app/words.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace lifeboat::app {
namespace {

using checklist::Finding;
using checklist::Outcome;

constexpr std::string_view catalogue = R"json({
  "photos.only": {"fail": "Photos only here: {count} ({bytes})",
                           "next" : "Copy to {place}"
}
, "copy.fresh" : {"pass" : "Complete at {complete_at}", "unknown" : "Copy: {why}"},
                 "why.stale" : {"text" : "seen too long ago"},
                               "answer.go" : {
    "text" : "Safe until {until_at}"
}
})json";

Finding finding(const std::string& code, Outcome outcome, Words::Params params = {}) {
    return {.check = "R-1", .outcome = outcome, .code = code, .params = std::move(params)};
}

TEST(Words, NumbersAndSizesAreWrittenForPeople) {
    const Words words(catalogue);
    EXPECT_EQ(words.sentence(finding("photos.only", Outcome::fail,
                                     {{"count", "22116"}, {"bytes", "18200000000"}})),
              "Photos only here: 22,116 (18.2 GB)");
}

TEST(Words, ABracketWithoutItsParameterGoes) {
    const Words words(catalogue);
    EXPECT_EQ(words.sentence(finding("photos.only", Outcome::fail, {{"count", "1"}})),
              "Photos only here: 1");
    EXPECT_EQ(words.sentence(finding("photos.only", Outcome::fail)), "Photos only here: ?");
}

TEST(Words, ReasonsAreLookedUp) {
    const Words words(catalogue);
    EXPECT_EQ(words.sentence(finding("copy.fresh", Outcome::unknown, {{"why", "stale"}})),
              "Copy: seen too long ago");
    EXPECT_EQ(words.sentence(finding("copy.fresh", Outcome::unknown, {{"why", "no \x1b words"}})),
              "Copy: no \\x1b words");
}

TEST(Words, NextOnlyWhereSomethingIsToBeDone) {
    const Words words(catalogue);
    EXPECT_EQ(words.next(finding("photos.only", Outcome::fail, {{"place", "ssd"}})), "Copy to ssd");
    EXPECT_EQ(words.next(finding("photos.only", Outcome::pass)), "");
}

TEST(Words, UnknownCodesShowThemselves) {
    const Words words(catalogue);
    EXPECT_EQ(words.sentence(finding("new.code", Outcome::fail)), "new.code: fail");
    EXPECT_EQ(words.text("grade.new"), "grade.new");
}

TEST(Words, TheBuiltInCatalogueReads) {
    EXPECT_NE(english_words()->text("grade.proven"), "grade.proven");
    EXPECT_THROW(Words("[]"), Corrupt);
    EXPECT_THROW(Words("{"), Corrupt);
}

}  // namespace
}  // namespace lifeboat::app
