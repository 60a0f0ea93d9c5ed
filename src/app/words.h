// From codes and parameters to the sentences people read: docs/words.md says how.
#pragma once

#include "checklist/verdict.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace lifeboat::app {

// Reads many, changes never: any thread.
class Words {
public:
    using Params = std::map<std::string, std::string>;

    // `catalogue` is a messages/*.json. Throws Corrupt.
    explicit Words(std::string_view catalogue);
    ~Words();
    Words(const Words&) = delete;
    Words& operator=(const Words&) = delete;

    std::string sentence(const checklist::Finding& finding) const;
    // The one thing to do; empty when the finding passes or nothing can be done.
    std::string next(const checklist::Finding& finding) const;
    // "answer.go", "grade.proven"; the code itself when the catalogue has none.
    std::string text(std::string_view code, const Params& params = {}) const;

private:
    struct Catalogue;

    // Nothing when the code has no such text.
    const std::string* find(std::string_view code, std::string_view key) const;
    std::string fill(const std::string& text, const Params& params) const;
    std::string shown(const std::string& name, const std::string& value) const;

    std::unique_ptr<Catalogue> catalogue_;
};

// The catalogue that is built in.
std::unique_ptr<Words> english_words();

}  // namespace lifeboat::app
