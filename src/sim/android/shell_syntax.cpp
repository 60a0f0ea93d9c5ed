#include "sim/android/shell_syntax.h"

#include "base/error.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace lifeboat::sim {

namespace {

constexpr size_t text_limit = 4u << 20;

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool ends_word(char c) {
    return is_blank(c) || c == '\n' || c == ';' || c == '&' || c == '|' || c == '<' || c == '>';
}

// Reads commands left to right; one use.
class Reader {
public:
    Reader(std::string_view text, size_t at) : text_(text), at_(at) {}

    // Up to the end of a line that is not within braces.
    std::vector<Pipeline> read_line() {
        std::vector<Pipeline> all;
        Joined joined = Joined::always;
        size_t open = 0;
        for (;;) {
            skip_separators();
            if (at_end()) {
                if (open > 0 || joined != Joined::always) unexpected("end of file");
                return all;
            }
            if (take_brace('{')) {
                ++open;
                continue;
            }
            if (open > 0 && joined == Joined::always && take_brace('}')) {
                --open;
            } else {
                Pipeline pipeline = read_pipeline();
                pipeline.joined = joined;
                all.push_back(std::move(pipeline));
            }
            joined = read_joint();
            if (open == 0 && at_ > 0 && text_[at_ - 1] == '\n') return all;
        }
    }
    size_t at() const { return at_; }

private:
    bool at_end() const { return at_ >= text_.size(); }
    char peek(size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\n';
    }
    bool take(std::string_view what) {
        if (!text_.substr(at_).starts_with(what)) return false;
        at_ += what.size();
        return true;
    }
    void skip_blanks() {
        while (!at_end() && is_blank(peek())) ++at_;
    }
    void skip_separators() {
        while (!at_end() && (is_blank(peek()) || peek() == '\n')) ++at_;
    }
    [[noreturn]] static void unexpected(std::string_view what) {
        throw Misuse(fmt::format("syntax error: unexpected '{}'", what));
    }

    // A word of its own.
    bool take_brace(char brace) {
        if (peek() != brace || !ends_word(peek(1))) return false;
        ++at_;
        return true;
    }

    Joined read_joint() {
        skip_blanks();
        if (take("&&")) return Joined::on_success;
        if (take("||")) return Joined::on_failure;
        if (at_end() || take(";") || take("\n")) return Joined::always;
        unexpected(text_.substr(at_, 1));
    }

    Pipeline read_pipeline() {
        Pipeline pipeline;
        do {
            pipeline.commands.push_back(read_command());
            skip_blanks();
        } while (peek() == '|' && peek(1) != '|' && take("|"));
        return pipeline;
    }

    SimpleCommand read_command() {
        SimpleCommand command;
        for (;;) {
            skip_blanks();
            if (at_end() || peek() == '\n' || peek() == ';' || peek() == '|' || peek() == '&')
                break;
            if (read_redirection(command)) continue;
            if (peek() == '<' || peek() == '>') unexpected(text_.substr(at_, 1));
            command.words.push_back(read_word());
        }
        if (command.words.empty()) unexpected(at_end() ? "newline" : text_.substr(at_, 1));
        return command;
    }

    bool read_redirection(SimpleCommand& command) {
        if (take("2>&1")) return command.err_to_out = true;
        const size_t before = at_;
        const bool err = take("2>");
        const bool both = !err && take("&>");
        if (!err && !both && !take("1>") && !take(">")) return false;
        skip_blanks();
        if (!take("/dev/null")) {
            at_ = before;
            throw Misuse("only /dev/null can be redirected to");
        }
        if (err || both) command.drop_err = true;
        if (!err) command.drop_out = true;
        return true;
    }

    std::string read_word() {
        std::string word;
        while (!at_end() && !ends_word(peek())) read_piece(word);
        return word;
    }

    void read_piece(std::string& word) {
        const char c = peek();
        ++at_;
        if (c == '\'') {
            const size_t end = text_.find('\'', at_);
            if (end == std::string_view::npos) throw Misuse("no closing quote");
            word += text_.substr(at_, end - at_);
            at_ = end + 1;
        } else if (c == '"') {
            read_double_quoted(word);
        } else if (c == '\\') {
            if (!at_end()) word += text_[at_++];
        } else if (c == '$' && take("?")) {
            word.append({shell_mark, '?'});
        } else if (c == '*') {
            word.append({shell_mark, '*'});
        } else {
            word += c;
        }
    }

    void read_double_quoted(std::string& word) {
        while (!at_end() && peek() != '"') {
            const char c = text_[at_++];
            if (c == '\\' && (peek() == '"' || peek() == '\\' || peek() == '$' || peek() == '`')) {
                word += text_[at_++];
            } else if (c == '$' && take("?")) {
                word.append({shell_mark, '?'});
            } else {
                word += c;
            }
        }
        if (!take("\"")) throw Misuse("no closing quote");
    }

    std::string_view text_;
    size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<Pipeline>> ShellReader::next_line() {
    if (text_.size() > text_limit) throw Misuse("command line too long");
    if (text_.find('\0') != std::string_view::npos) {
        throw Misuse("a command cannot hold a NUL byte");
    }
    if (at_ >= text_.size()) return std::nullopt;
    Reader reader(text_, at_);
    auto line = reader.read_line();
    at_ = reader.at();
    return line;
}

std::vector<Pipeline> parse_shell(std::string_view text) {
    std::vector<Pipeline> all;
    ShellReader reader(text);
    while (auto line = reader.next_line()) {
        std::move(line->begin(), line->end(), std::back_inserter(all));
    }
    return all;
}

}  // namespace lifeboat::sim
