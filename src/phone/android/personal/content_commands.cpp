#include "phone/android/personal/content_commands.h"

#include "base/hex.h"
#include "base/task_group.h"
#include "base/text.h"
#include "phone/android/shell_quote.h"
#include "sys/random.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <utility>

namespace lifeboat::phone::android {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds patience{120'000};  // the tool starts a virtual machine first
constexpr size_t answer_limit = size_t{512} << 20;
constexpr size_t commands_at_once = 300;
constexpr size_t commands_of_a_turn = 25;
constexpr size_t most_at_a_time = 4;  // every phone of the last ten years has as many cores
constexpr size_t script_answer_limit = size_t{16} << 20;
constexpr size_t script_limit = size_t{512} << 10;
constexpr size_t reads_of_a_turn = 50;
constexpr uint64_t read_memory = uint64_t{256} << 20;
constexpr size_t longest_said = 300;
constexpr uint64_t sdk_that_escapes = 30;

std::string new_mark() {
    Bytes random(16);
    sys::SystemRandom().fill(random);
    return "lifeboat-" + to_hex(random);
}

std::string escaped(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (c == '\\' || c == ':') out += '\\';
        out += c;
    }
    return out;
}

std::string with_option(std::string_view name, std::string_view value) {
    return value.empty() ? std::string() : fmt::format(" --{} {}", name, shell_quote(value));
}

// How many of the commands fit into one script.
size_t fitting(std::span<const std::string> commands) {
    size_t bytes = 0;
    size_t count = 0;
    while (count < commands.size() && count < commands_at_once) {
        bytes += commands[count].size();
        if (count > 0 && bytes > script_limit) break;
        ++count;
    }
    return count;
}

// So few in a turn that the threads end together.
size_t turn_size(size_t count, size_t most) {
    return std::clamp<size_t>(count / most_at_a_time, 1, most);
}

// What went wrong with one tool. Whatever it cannot do, it ends with 0: another code is that of
// somebody who ended it, or of a shell that could not start it.
std::optional<ContentError> error_of(const ShellResult& result) {
    if (auto error = content_error(result.errors)) return error;
    if (result.exit_code == 0) return std::nullopt;
    std::string said = printable(trim(result.errors).substr(0, longest_said));
    if (said.empty()) said = fmt::format("its tool ended with code {}", result.exit_code);
    return ContentError{.said = std::move(said)};
}

ContentError longer_than(uint64_t limit) {
    return {.problem = ContentProblem::too_large,
            .said = "it is longer than " + human_bytes(limit)};
}

// The bytes that several tools give one after another, each told apart by the mark and the code
// behind it, as they come.
class Pieces {
public:
    Pieces(std::string_view mark, uint64_t limit) : mark_(mark), limit_(limit) {}

    void take(std::string_view text) {
        append(current_, as_bytes(text));
        while (cut_one()) {
        }
        if (current_.size() > limit_ + mark_.size() + code_size)
            throw ContentRefused(longer_than(limit_));
    }
    bool whole() const { return whole_; }
    std::vector<std::optional<Bytes>> result() { return std::move(all_); }

private:
    static constexpr size_t code_size = 8;  // " 137", and more than that

    bool cut_one() {
        const std::string_view text = as_text(current_);
        const size_t at = text.find(mark_, looked_at_);
        const size_t end = at == std::string_view::npos ? at : text.find('\n', at);
        if (end == std::string_view::npos) {
            looked_at_ = std::min(at, text.size() - std::min(text.size(), mark_.size()));
            return false;
        }
        if (at > limit_) throw ContentRefused(longer_than(limit_));
        whole_ &= trim(text.substr(at + mark_.size(), end - at - mark_.size())) == "0";
        const auto rest = current_.begin() + static_cast<std::ptrdiff_t>(end + 1);
        Bytes next(rest, current_.end());
        current_.resize(at);
        all_.emplace_back(std::exchange(current_, std::move(next)));
        looked_at_ = 0;
        return true;
    }

    std::string_view mark_;
    uint64_t limit_;
    Bytes current_{};
    size_t looked_at_ = 0;
    std::vector<std::optional<Bytes>> all_{};
    bool whole_ = true;  // no tool said otherwise
};

// Where the turns begin: what has one owner stays in one.
std::vector<size_t> turns_of(std::span<const size_t> owners) {
    const size_t size = turn_size(owners.size(), commands_of_a_turn);
    std::vector<size_t> begins;
    for (size_t i = 0; i < owners.size(); ++i) {
        if (begins.empty() || (i - begins.back() >= size && owners[i] != owners[i - 1]))
            begins.push_back(i);
    }
    return begins;
}

}  // namespace

size_t reads_in_a_turn(size_t count, uint64_t limit) {
    const uint64_t most = read_memory / most_at_a_time / std::max<uint64_t>(limit, 1);
    return turn_size(count, std::clamp<uint64_t>(most, 1, reads_of_a_turn));
}

std::vector<size_t> each_alone(size_t commands) {
    std::vector<size_t> owners(commands);
    std::iota(owners.begin(), owners.end(), size_t{0});
    return owners;
}

void side_by_side(size_t count, const std::function<void(size_t, const std::stop_token&)>& work,
                  const std::stop_token& stop) {
    std::atomic<size_t> next = 0;
    TaskGroup group(stop);
    for (size_t i = 0; i < std::min(most_at_a_time, count); ++i) {
        group.run([&](const std::stop_token& stopped) {
            for (size_t at = next++; at < count && !stopped.stop_requested(); at = next++)
                work(at, stopped);
        });
    }
    group.join();
}

Bind bind_text(std::string column, std::string value) {
    return {.column = std::move(column), .type = BindType::text, .value = std::move(value)};
}

Bind bind_number(std::string column, int64_t value) {
    return {.column = std::move(column), .type = BindType::whole, .value = std::to_string(value)};
}

std::string select_command(const ContentSelect& select) {
    return fmt::format(
        "content query --uri {}{}{}{}", shell_quote(select.uri),
        with_option("projection", fmt::format("{}", fmt::join(select.projection, ":"))),
        with_option("where", select.where), with_option("sort", select.sort));
}

std::string sql_text(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') out += '\'';
        out += c;
    }
    return out + '\'';
}

std::string both_conditions(std::string_view left, std::string_view right) {
    if (left.empty()) return std::string(right);
    if (right.empty()) return std::string(left);
    return fmt::format("({}) AND ({})", left, right);
}

std::string uri_part(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
        if (plain)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

ContentCommands::ContentCommands(const PhoneLink& link)
    : shell_(link.server, link.serial), mark_(new_mark()) {}

uint64_t ContentCommands::sdk(const std::stop_token& stop) {
    if (!sdk_) {
        const auto told = shell_.run({.text = "getprop ro.build.version.sdk"}, stop);
        sdk_ = parse_u64(trim(told.output)).value_or(sdk_that_escapes);
    }
    return *sdk_;
}

std::string ContentCommands::bind_words(std::span<const Bind> binds, const std::stop_token& stop) {
    const bool escapes = sdk(stop) >= sdk_that_escapes;
    std::string out;
    for (const Bind& bind : binds) {
        if (!escapes && bind.value.find(':') != std::string::npos)
            throw Misuse("Android 10 and older take no text with a colon from a computer");
        out += " --bind " +
               shell_quote(fmt::format("{}:{}:{}", bind.column, static_cast<char>(bind.type),
                                       escapes ? escaped(bind.value) : bind.value));
    }
    return out;
}

std::string ContentCommands::insert(const std::string& uri, std::span<const Bind> binds,
                                    const std::stop_token& stop) {
    return "content insert --uri " + shell_quote(uri) + bind_words(binds, stop);
}

std::string ContentCommands::update(const std::string& uri, std::span<const Bind> binds,
                                    const std::string& where, const std::stop_token& stop) {
    return "content update --uri " + shell_quote(uri) + bind_words(binds, stop) +
           with_option("where", where);
}

std::string ContentCommands::remove(const std::string& uri, const std::string& where) {
    return "content delete --uri " + shell_quote(uri) + with_option("where", where);
}

ContentCommands::Errors ContentCommands::run(std::span<const std::string> commands,
                                             const std::stop_token& stop) {
    Errors errors;
    errors.reserve(commands.size());
    while (!commands.empty()) {
        if (stop.stop_requested()) throw Cancelled();
        const size_t count = fitting(commands);
        for (auto& error : run_some(commands.first(count), {}, stop))
            errors.push_back(std::move(error));
        commands = commands.subspan(count);
    }
    return errors;
}

ContentCommands::Errors ContentCommands::run_side_by_side(std::span<const std::string> commands,
                                                          std::span<const size_t> owners,
                                                          const Done& done,
                                                          const std::stop_token& stop) const {
    Errors errors(commands.size());
    const auto begins = turns_of(owners);
    side_by_side(
        begins.size(),
        [&](size_t i, const std::stop_token& stopped) {
            const size_t end = i + 1 < begins.size() ? begins[i + 1] : commands.size();
            const auto turn = commands.subspan(begins[i], end - begins[i]);
            auto found = run_some(turn, done, stopped);
            std::move(found.begin(), found.end(),
                      errors.begin() + static_cast<std::ptrdiff_t>(begins[i]));
        },
        stop);
    return errors;
}

// In braces, as a shell runs no list that it has not read to its end: where the cable is pulled, a
// command may come without its condition.
std::string ContentCommands::script_of(std::span<const std::string> commands) const {
    std::string script;
    for (const std::string& command : commands) {
        script += "{ " + command + " 2>&1; echo \"" + mark_ + " $?\"; }\n";
    }
    return script;
}

// The commands go in as a script on the shell's input: the request for a stream holds 64 KB only.
ContentCommands::Errors ContentCommands::run_some(std::span<const std::string> commands,
                                                  const Done& done,
                                                  const std::stop_token& stop) const {
    const std::string script = script_of(commands);
    std::string output;
    size_t looked_at = 0;
    const auto take = [&](std::string_view text) {
        if (output.size() + text.size() > script_answer_limit)
            throw Garbled("the phone's content tool says far too much");
        output += text;
        for (size_t at = output.find(mark_, looked_at); at != std::string::npos;
             at = output.find(mark_, looked_at)) {
            looked_at = at + mark_.size();
            if (done) done();
        }
        looked_at = std::max(looked_at, output.size() - std::min(output.size(), mark_.size()));
    };
    shell_.run({.text = "sh", .input = script, .on_output = take, .silence = patience}, stop);
    return errors_in(output, commands.size());
}

ContentCommands::Errors ContentCommands::errors_in(std::string_view rest, size_t count) const {
    Errors errors;
    for (size_t i = 0; i < count; ++i) {
        const size_t at = rest.find(mark_);
        const size_t end = at == std::string_view::npos ? at : rest.find('\n', at);
        if (end == std::string_view::npos) {
            throw sys::ConnectionLost("the phone's shell ended in the middle of its commands");
        }
        auto error = content_error(rest.substr(0, at));
        const bool done = trim(rest.substr(at + mark_.size(), end - at - mark_.size())) == "0";
        if (!error && !done) {
            error = ContentError{
                .said = printable(trim(rest.substr(0, std::min<size_t>(at, longest_said))))};
        }
        errors.push_back(std::move(error));
        rest.remove_prefix(end + 1);
    }
    return errors;
}

Bytes ContentCommands::read(const std::string& uri, uint64_t limit,
                            const std::stop_token& stop) const {
    Bytes bytes;
    const auto take = [&](std::string_view text) {
        if (bytes.size() + text.size() > limit) throw ContentRefused(longer_than(limit));
        append(bytes, as_bytes(text));
    };
    const auto result = shell_.run(
        {.text = "content read --uri " + shell_quote(uri), .on_output = take, .silence = patience},
        stop);
    if (auto error = error_of(result)) throw ContentRefused(*std::move(error));
    return bytes;
}

std::vector<std::optional<Bytes>> ContentCommands::read(std::span<const std::string> uris,
                                                        uint64_t limit,
                                                        const std::stop_token& stop) {
    std::vector<std::optional<Bytes>> all(uris.size());
    const size_t turn = reads_in_a_turn(uris.size(), limit);
    side_by_side(
        (uris.size() + turn - 1) / turn,
        [&](size_t i, const std::stop_token& stopped) {
            const size_t from = i * turn;
            auto some =
                read_each(uris.subspan(from, std::min(turn, uris.size() - from)), limit, stopped);
            std::move(some.begin(), some.end(), all.begin() + static_cast<std::ptrdiff_t>(from));
        },
        stop);
    return all;
}

std::vector<std::optional<Bytes>> ContentCommands::read_each(std::span<const std::string> uris,
                                                             uint64_t limit,
                                                             const std::stop_token& stop) const {
    std::vector<std::optional<Bytes>> all;
    try {
        if (read_some(uris, limit, all, stop)) return all;
    } catch (const ContentRefused&) {
        all.clear();  // one is too long
    }
    for (const std::string& uri : uris) {
        try {
            all.emplace_back(read(uri, limit, stop));
        } catch (const ContentRefused&) {
            all.emplace_back(std::nullopt);
        }
    }
    return all;
}

// False when one of them failed: which one, this does not tell.
bool ContentCommands::read_some(std::span<const std::string> uris, uint64_t limit,
                                std::vector<std::optional<Bytes>>& out,
                                const std::stop_token& stop) const {
    std::string script;
    for (const std::string& uri : uris) {
        script += "content read --uri " + shell_quote(uri) + "\necho \"" + mark_ + " $?\"\n";
    }
    Pieces pieces(mark_, limit);
    const auto result = shell_.run({.text = "sh",
                                    .input = script,
                                    .on_output = [&](std::string_view text) { pieces.take(text); },
                                    .silence = patience},
                                   stop);
    if (content_error(result.errors) || !pieces.whole()) return false;
    auto found = pieces.result();
    if (found.size() != uris.size()) return false;
    std::move(found.begin(), found.end(), std::back_inserter(out));
    return true;
}

std::optional<ContentError> ContentCommands::write(const std::string& uri, ByteView bytes,
                                                   const std::stop_token& stop) const {
    const auto result = shell_.run({.text = "content write --uri " + shell_quote(uri),
                                    .input = as_text(bytes),
                                    .silence = patience},
                                   stop);
    return error_of(result);
}

ContentCommands::Answer ContentCommands::ask(const ContentSelect& select,
                                             const std::stop_token& stop) const {
    auto result = shell_.run(
        {.text = select_command(select), .silence = patience, .output_limit = answer_limit}, stop);
    auto error = error_of(result);
    return {.text = std::move(result.output), .error = std::move(error)};
}

}  // namespace lifeboat::phone::android
