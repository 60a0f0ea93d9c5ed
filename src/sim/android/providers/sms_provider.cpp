#include "sim/android/providers/sms_provider.h"

#include <fmt/format.h>

namespace lifeboat::sim::android {

namespace {

constexpr std::string_view shell_package = "com.android.shell";

// The messages an address stands for; nothing for one that is not known.
std::optional<std::string> condition_of(const ContentUri& uri) {
    static const std::map<std::string, std::string, std::less<>> boxes{
        {"inbox", "type=1"},
        {"sent", "type=2"},
        {"draft", "type=3"},
        {"outbox", "type=4"},
        {"failed", "type=5"},
        {"queued", "type=6"},
        {"undelivered", "type=4 OR type=5 OR type=6"}};
    if (uri.path.empty()) return "";
    if (uri.matches({"#"})) return fmt::format("_id={}", uri.id(0));
    const auto box = boxes.find(uri.path[0]);
    if (box == boxes.end()) {
        if (!uri.matches({"conversations", "#"})) return std::nullopt;
        return fmt::format("thread_id={}", uri.id(1));
    }
    if (uri.path.size() == 1) return box->second;
    if (uri.path.size() == 2) return fmt::format("({}) AND _id={}", box->second, uri.id(1));
    return std::nullopt;
}

std::optional<int64_t> type_of(const ContentUri& uri, const ContentValues& values) {
    static const std::map<std::string, int64_t, std::less<>> boxes{
        {"inbox", sms_type::inbox},   {"sent", sms_type::sent},     {"draft", sms_type::draft},
        {"outbox", sms_type::outbox}, {"failed", sms_type::failed}, {"queued", sms_type::queued}};
    if (uri.path.empty()) return values.number("type").value_or(sms_type::inbox);
    const auto box = uri.path.size() == 1 ? boxes.find(uri.path[0]) : boxes.end();
    if (box == boxes.end()) return std::nullopt;
    return box->second;
}

}  // namespace

std::optional<Cursor> SmsProvider::query(const Caller&, const QueryRequest& request) {
    const auto condition = condition_of(request.uri);
    if (!condition || asks_subquery(request)) return std::nullopt;
    TableQuery table;
    table.from = "sms_restricted";
    table.restriction = *condition;
    table.sort = "date DESC";
    return messages_.sql().query(sql_of(table, request));
}

void SmsProvider::insert(const Caller& caller, const ContentUri& uri, const ContentValues& given) {
    const auto type = type_of(uri, given);
    if (!type) throw illegal_argument("Unknown URL " + uri.text);
    ContentValues values = given;
    values.put("type", *type);
    values.put_default("date", caller.now_ms);
    const auto address = values.text("address");
    if (!values.has("thread_id") && address) {
        values.put("thread_id", messages_.thread_of({*address}, caller.now_ms));
    }
    const int64_t thread = values.number("thread_id").value_or(0);
    if (*type == sms_type::draft) {
        messages_.sql().remove("sms", fmt::format("thread_id={} AND type=3", thread));
    }
    // What is not received was read by who wrote it.
    if (*type != sms_type::inbox) values.put("read", int64_t{1});
    values.put("creator", std::string(shell_package));
    // The phone writes a refused row to its log and tells nobody.
    for (const auto& [name, value] : values.all()) {
        if (!messages_.sql().has_column("sms", name)) return;
    }
    messages_.sql().insert("sms", values);
    if (*type == sms_type::draft) return messages_.refresh_thread(thread);
    const Value* body = values.find("body");
    messages_.count_in_thread(thread, values.number("date").value_or(0),
                              body == nullptr ? Value(nullptr) : *body,
                              values.number("read").value_or(0) != 0);
}

void SmsProvider::update(const Caller&, const ContentUri& uri, const ContentValues& values,
                         const std::string& where) {
    const auto condition = condition_of(uri);
    if (!condition) throw unsupported_operation(fmt::format("URI {} not supported", uri.text));
    ContentValues wanted = values;
    wanted.erase("creator");
    messages_.sql().update("sms", wanted, both(*condition, where));
    messages_.refresh_all_threads();
}

void SmsProvider::remove(const Caller&, const ContentUri& uri, const std::string& where) {
    const auto condition = condition_of(uri);
    if (!condition) throw illegal_argument("Unknown URL");
    messages_.sql().remove("sms", both(*condition, where));
    messages_.drop_empty_threads();
    messages_.refresh_all_threads();
}

}  // namespace lifeboat::sim::android
