#include "base/error.h"

namespace lifeboat {

std::string Error::full_text() const {
    std::string text = message_;
    if (context_.empty()) return text;
    text += " (";
    for (size_t i = 0; i < context_.size(); ++i) {
        if (i > 0) text += ", ";
        text += "while " + context_[i];
    }
    return text + ")";
}

}  // namespace lifeboat
