// A table of a content provider, read exactly: every row, every value, NULL and the text "NULL"
// apart, whatever the texts hold. See content_rows.h for how.
#pragma once

#include "phone/android/personal/content_commands.h"
#include "phone/android/personal/content_rows.h"

#include <set>

namespace lifeboat::phone::android {

struct ContentQuery {
    std::string uri{};
    // Columns of whole numbers. The first one should rarely be NULL and differ between rows: it
    // stands last in each row of texts and shows where the row ends.
    std::vector<std::string> numbers{};
    std::vector<std::string> texts{};
    std::string where{};
    // The provider takes functions: texts travel as hexadecimal, which cannot be mistaken. Where
    // this phone refuses them, they are read as texts.
    bool functions = false;
    std::set<std::string> optional{};  // columns that not every phone has; they come back as NULL
    size_t page = 2000;                // rows of texts in one question
};

using Text = std::optional<std::string>;

struct ContentRow {
    int64_t id = 0;                 // _id
    std::vector<Number> numbers{};  // as in the query
    std::vector<Text> texts{};
};

// A value that the phone cannot pass on; it is nothing in its row.
struct UnreadValue {
    int64_t id = 0;
    std::string column{};
    std::string why{};
};

struct ContentTable {
    std::vector<ContentRow> rows{};  // by id
    std::vector<UnreadValue> unread{};
    bool drifted = false;  // rows came and went with every look: it is one state of several
};

// Throws ContentRefused when the phone does not show the table, Garbled for an answer that stays
// senseless, Temporary when the connection breaks.
ContentTable read_table(ContentCommands& content, const ContentQuery& query,
                        const std::stop_token& stop);

// The ids of the rows for which the condition holds, in their order.
std::vector<int64_t> read_ids(ContentCommands& content, const std::string& uri,
                              const std::string& where, const std::stop_token& stop);

}  // namespace lifeboat::phone::android
