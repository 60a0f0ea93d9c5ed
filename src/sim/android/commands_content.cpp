// The commands that reach a phone's content providers: content, and appops (commands_app_ops.cpp).
#include "base/text.h"
#include "sim/android/content_output.h"
#include "sim/android/content_words.h"
#include "sim/android/providers/shell_access.h"
#include "sim/android/shell.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::sim {

namespace {

using android::Caller;
using android::ContentCommand;
using android::ContentVerb;
using android::JavaException;
using android::PersonalData;

constexpr std::string_view shell_package = "com.android.shell";
constexpr size_t write_limit = size_t{64} << 20;
constexpr int killed_code = 137;

int64_t now_ms(Device& device) {
    return std::chrono::floor<std::chrono::milliseconds>(device.clock().now().time_since_epoch())
        .count();
}

bool changes(ContentVerb verb) {
    return verb == ContentVerb::insert || verb == ContentVerb::update ||
           verb == ContentVerb::remove || verb == ContentVerb::write;
}

// Credential-encrypted until the first unlock; messages are not.
bool sleeps_while_locked(const std::string& authority) {
    static constexpr std::array<std::string_view, 4> awake{"sms", "mms", "mms-sms", "settings"};
    return std::ranges::find(awake, authority) == awake.end();
}

std::string_view name_of(ContentVerb verb) {
    static constexpr std::array<std::string_view, 8> names{"query", "insert", "update", "delete",
                                                           "read",  "write",  "call",   "gettype"};
    return names[static_cast<size_t>(verb)];
}

bool counted_down(std::optional<uint64_t>& left) {
    if (!left) return false;
    if (*left == 0) return true;
    --*left;
    return false;
}

// One run of the tool against one provider.
class ContentRun {
public:
    ContentRun(Call& call, const ContentCommand& command)
        : call_(call), device_(call.device), command_(command), uri_(command.request.uri) {}

    // The tool's exit code: 0, whatever happened, unless it is ended in the middle.
    int run() {
        const auto killed = device_.faults().with([&](FaultPlan& plan) { return take_kill(plan); });
        if (killed) killed_after_ = *killed;
        const bool begins =
            !killed || command_.verb == ContentVerb::read || command_.verb == ContentVerb::write;
        try {
            if (uri_.authority == "media")
                media();
            else if (begins)
                execute();
        } catch (const JavaException& error) {
            call_.err.put(android::error_text(uri_.authority, error, command_.verb));
        }
        if (!killed) return 0;
        call_.err.line("Killed");
        return killed_code;
    }

private:
    std::optional<uint64_t> take_kill(FaultPlan& plan) const {
        auto& killed = plan.content.killed;
        if (!killed || killed->times == 0 || killed->verb != name_of(command_.verb))
            return std::nullopt;
        --killed->times;
        return killed->after;
    }

    void media() {
        if (command_.verb == ContentVerb::query) return put("No result found.\n");
        if (command_.verb != ContentVerb::call) {
            throw android::unsupported_operation("Unknown or unsupported URL: " + uri_.text);
        }
        if (command_.method == "scan_volume") {
            device_.scan_all();
        } else if (command_.method == "scan_file") {
            device_.scan(command_.argument);
        } else {
            throw android::unsupported_operation("Unsupported call: " + command_.method);
        }
        put("Result: Bundle[{}]\n");
    }

    void execute() {
        Bytes input;
        if (command_.verb == ContentVerb::write) input = read_input();
        std::string output;
        std::optional<JavaException> broken;
        // Nothing is sent while the databases are held: a slow host would stop the others.
        device_.personal().with([&](PersonalData& data) {
            data.settle(now_ms(device_));
            const auto state = device_.snapshot();
            const android::ShellAccess shell{state.os.sdk, state.usb_may_write, data.next_pid()};
            android::ContentProvider* provider = data.provider(uri_.authority);
            const bool asleep = device_.storage().locked() && sleeps_while_locked(uri_.authority);
            // -2 is whoever uses the phone now; there is nobody else on it.
            const bool is_owner = command_.user == 0 || command_.user == -2;
            if (provider == nullptr || asleep || !is_owner) {
                throw JavaException("java.lang.IllegalStateException",
                                    "Could not find provider: " + uri_.authority);
            }
            android::check_opening(shell, uri_.authority);
            if (changes(command_.verb)) {
                android::check_writing(shell, uri_);
                if (!may_change(data)) return;
            }
            const Caller caller{.sdk = state.os.sdk,
                                .now_ms = now_ms(device_),
                                .reads_words = state.shows_words,
                                .names_part_files = state.names_part_files};
            broken = ask(*provider, caller, input, output);
        });
        put(output);
        if (broken) throw *broken;
    }

    // Messages are kept from who does not hold the SMS role, without a word.
    bool may_change(PersonalData& data) {
        const bool message = uri_.authority == "sms" || uri_.authority == "mms";
        const std::string package(shell_package);
        if (message && !data.app_ops().note(package, "WRITE_SMS", now_ms(device_))) {
            if (command_.verb != ContentVerb::write) return false;
            throw android::file_not_found("App op not allowed");
        }
        if (command_.verb != ContentVerb::insert) return true;
        if (device_.storage().free_bytes() == 0) throw android::sqlite_full();
        const auto [full, swallowed] = device_.faults().with([](FaultPlan& plan) {
            const bool is_full = counted_down(plan.content.full_after);
            return std::pair(is_full, !is_full && counted_down(plan.content.swallow_after));
        });
        if (full) throw android::sqlite_full();
        return !swallowed;
    }

    std::optional<JavaException> ask(android::ContentProvider& provider, const Caller& caller,
                                     ByteView input, std::string& output) {
        const auto& request = command_.request;
        switch (command_.verb) {
            case ContentVerb::query:
                return query(provider, caller, output);
            case ContentVerb::insert:
                provider.insert(caller, uri_, command_.values);
                break;
            case ContentVerb::update:
                provider.update(caller, uri_, command_.values, request.where);
                break;
            case ContentVerb::remove:
                provider.remove(caller, uri_, request.where);
                break;
            case ContentVerb::read:
                output = to_text(provider.read(caller, uri_));
                output.resize(std::min<uint64_t>(output.size(), killed_after_));
                break;
            case ContentVerb::write:
                provider.write(caller, uri_,
                               input.first(std::min<uint64_t>(input.size(), killed_after_)));
                break;
            case ContentVerb::call:
            case ContentVerb::type:
                output = "Result: null\n";
                break;
        }
        return std::nullopt;
    }

    std::optional<JavaException> query(android::ContentProvider& provider, const Caller& caller,
                                       std::string& output) {
        if (uri_.authority == "mms-sms" && uri_.matches({"threadID"})) refuse_some_threads();
        auto cursor = provider.query(caller, command_.request);
        if (!cursor) {
            output = "No result found.\n";
            return std::nullopt;
        }
        const ContentFaults faults =
            device_.faults().with([](const FaultPlan& plan) { return plan.content; });
        if (faults.fail_after_rows && *faults.fail_after_rows < cursor->rows.size()) {
            cursor->rows.resize(*faults.fail_after_rows);
            cursor->broken.emplace("android.os.DeadObjectException",
                                   "Transaction failed on small parcel; remote process probably "
                                   "died");
        }
        output = android::rows_text(*cursor);
        if (faults.cut_after && output.size() > *faults.cut_after) output.resize(*faults.cut_after);
        return cursor->broken;
    }

    void refuse_some_threads() {
        const bool busy = device_.faults().with([](FaultPlan& plan) {
            const uint64_t each = plan.content.busy_thread_each;
            return each != 0 && ++plan.content.thread_questions % each == 0;
        });
        if (busy) {
            throw JavaException("android.database.sqlite.SQLiteDatabaseLockedException",
                                "database is locked (code 5 SQLITE_BUSY)");
        }
    }

    Bytes read_input() {
        Bytes input;
        std::vector<std::byte> piece(size_t{64} << 10);
        while (const size_t count = call_.in(piece)) {
            append(input, ByteView(piece).first(count));
            if (input.size() > write_limit) {
                throw JavaException("java.io.IOException", "write failed: EFBIG (File too large)");
            }
        }
        return input;
    }

    void put(std::string_view text) {
        const bool returns =
            command_.verb == ContentVerb::query &&
            device_.faults().with([](const FaultPlan& plan) { return plan.content.returns; });
        if (!returns) return call_.out.put(text);
        std::string cooked;
        for (const char c : text) cooked += c == '\n' ? std::string("\r\n") : std::string(1, c);
        call_.out.put(cooked);
    }

    Call& call_;
    Device& device_;
    const ContentCommand& command_;
    const android::ContentUri& uri_;
    uint64_t killed_after_ = UINT64_MAX;  // bytes
};

int content(Call& call) {
    const auto start =
        call.device.state().with([](const DeviceState& s) { return s.content_start; });
    if (start.count() > 0) call.device.clock().sleep(start, {});
    try {
        const auto sdk = call.device.snapshot().os.sdk;
        const ContentCommand command = android::parse_content_command(call.arguments(), sdk);
        return ContentRun(call, command).run();
    } catch (const android::ContentMisuse& misuse) {
        call.out.put(android::content_usage());
        call.out.line(fmt::format("[ERROR] {}", misuse.what()));
    }
    return 0;
}

}  // namespace

const CommandTable& content_commands() {
    static const CommandTable table{
        {"appops", [](Call& call) { return app_ops(call, call.arguments()); }},
        {"content", content}};
    return table;
}

}  // namespace lifeboat::sim
