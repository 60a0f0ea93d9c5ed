#include "base/text.h"
#include "repository/repository.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>

namespace lifeboat::repository {

namespace {

constexpr double sufficient_bits = 60;
constexpr size_t passphrase_words = 5;
constexpr double bits_per_word = 12.9;  // drawn from a list of 7,776 words

// The first guesses of everybody who guesses.
constexpr std::array common{
    "password", "passwort", "passw0rd", "123456",   "123456789",   "12345678", "qwerty",
    "qwertz",   "azerty",   "abc123",   "111111",   "123123",      "iloveyou", "admin",
    "welcome",  "monkey",   "dragon",   "football", "baseball",    "letmein",  "sunshine",
    "princess", "master",   "shadow",   "superman", "batman",      "trustno1", "lifeboat",
    "restic",   "backup",   "secret",   "login",    "hello",       "freedom",  "whatever",
    "starwars", "computer", "michael",  "jordan",   "summer",      "winter",   "spring",
    "autumn",   "samsung",  "iphone",   "android",  "google",      "changeme", "default",
    "test",     "asdfgh",   "zxcvbn",   "1q2w3e4r", "qazwsx",      "000000",   "666666",
    "hallo",    "schatz",   "sommer",   "geheim",   "sonnenschein"};

constexpr std::array rows{"abcdefghijklmnopqrstuvwxyz",
                          "01234567890",
                          "qwertyuiop",
                          "qwertzuiop",
                          "asdfghjkl",
                          "zxcvbnm",
                          "yxcvbnm",
                          "azertyuiop"};

std::string lower(std::string_view text) {
    std::string lowered(text);
    for (char& c : lowered) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return lowered;
}

bool in_a_row(char a, char b) {
    return std::any_of(rows.begin(), rows.end(), [&](std::string_view row) {
        const size_t at = row.find(a);
        if (at == std::string_view::npos) return false;
        return (at + 1 < row.size() && row[at + 1] == b) || (at > 0 && row[at - 1] == b);
    });
}

// How many signs the classes used offer together.
double alphabet_size(std::string_view text) {
    bool small = false, large = false, digit = false, other = false, foreign = false;
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if (u >= 0x80) {
            foreign = true;
        } else if (std::islower(u) != 0) {
            small = true;
        } else if (std::isupper(u) != 0) {
            large = true;
        } else if (std::isdigit(u) != 0) {
            digit = true;
        } else {
            other = true;
        }
    }
    return (small ? 26 : 0) + (large ? 26 : 0) + (digit ? 10 : 0) + (other ? 33 : 0) +
           (foreign ? 64 : 0);
}

// Signs that add something: not the one before again, not the next of a row, not a piece that was
// there already.
double surprising_signs(std::string_view text) {
    double count = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const bool follows = i > 0 && (text[i] == text[i - 1] || in_a_row(text[i - 1], text[i]));
        const bool repeats =
            i >= 3 && text.substr(0, i - 1).find(text.substr(i - 2, 3)) != std::string_view::npos;
        count += follows || repeats ? 0.25 : 1;
    }
    return count;
}

// The longest well-known password inside; its signs count as two.
size_t common_inside(std::string_view lowered) {
    size_t longest = 0;
    for (const std::string_view word : common) {
        if (lowered.find(word) != std::string_view::npos) longest = std::max(longest, word.size());
    }
    return longest;
}

// "word", "Word" or "WORD": letters in another order of cases were not drawn from a list of words.
bool is_word(std::string_view text) {
    if (text.size() < 3) return false;
    size_t capitals = 0;
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if (u < 0x80 && std::isalpha(u) == 0) return false;
        if (u < 0x80 && std::isupper(u) != 0) ++capitals;
    }
    const bool begins = std::isupper(static_cast<unsigned char>(text.front())) != 0;
    return capitals == 0 || capitals == text.size() || (capitals == 1 && begins);
}

// Different words, when it is made of nothing else; else 0.
size_t count_words(std::string_view text) {
    std::set<std::string> words;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find_first_of(" -_."));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (!is_word(word)) return 0;
        words.insert(lower(word));
    }
    return words.size();
}

}  // namespace

PasswordStrength password_strength(std::string_view password) {
    const std::string lowered = lower(password);
    const size_t known = common_inside(lowered);
    const double signs = surprising_signs(lowered);
    const double counted =
        std::max(0.0, signs - (known > 2 ? static_cast<double>(known) - 2 : 0.0));
    PasswordStrength strength;
    strength.bits =
        password.empty() ? 0 : counted * std::log2(std::max(2.0, alphabet_size(password)));
    const size_t words = count_words(password);
    const bool passphrase = words >= passphrase_words;
    // Words are likelier than the signs they are made of.
    if (words >= 3) {
        strength.bits = std::min(strength.bits, static_cast<double>(words) * bits_per_word);
    }
    strength.sufficient = strength.bits >= sufficient_bits || (passphrase && strength.bits >= 50);
    if (strength.sufficient) return strength;
    if (known > 0 && known + 4 >= password.size()) {
        strength.reason = "common";
    } else if (signs < static_cast<double>(password.size()) * 0.6) {
        strength.reason = "repetitive";
    } else {
        strength.reason = "too-short";
    }
    return strength;
}

}  // namespace lifeboat::repository
