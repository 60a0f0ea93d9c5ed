// The files of picture messages on their way back: each part has a file of its own on the phone,
// and gets the bytes of the backup.
//
// The phone names a new part's file by the millisecond and, most phones, by the attachment's name:
// two parts of one millisecond may get the same file, and no word is said about it.
#pragma once

#include "item/item.h"
#include "phone/android/personal/messages_plan.h"

#include <map>
#include <optional>
#include <set>
#include <span>

namespace lifeboat::phone::android {

// "content insert" of a part of the message with this number.
std::string insert_part(ContentCommands& content, int64_t message, const personal::MmsPart& part,
                        const std::stop_token& stop);

class MmsFiles {
public:
    // `snapshot` has the files. All outlive it.
    MmsFiles(ContentCommands& content, const FileTree& snapshot)
        : content_(content), snapshot_(snapshot) {}

    // Once the parts of the batch have their rows. What went wrong with each message; empty when
    // nothing did. Throws what the connection throws.
    std::vector<std::string> write(std::span<const WantedMms> batch, const std::stop_token& stop);

private:
    // What the phone has of a message of the batch.
    struct Message {
        const WantedMms* wanted = nullptr;
        std::vector<personal::MmsPart> there{};
        std::string trouble{};
    };
    struct Row {
        Message* message = nullptr;
        personal::MmsPart part{};
    };
    using RowsOfFiles = std::map<std::string, std::set<int64_t>>;  // by the file they name

    void look(std::span<Message> messages, const std::stop_token& stop);
    RowsOfFiles rows_of_files(std::span<Message> messages, const std::stop_token& stop);
    std::vector<Row> sharing(std::span<Message> messages, const RowsOfFiles& files) const;
    static std::vector<Row> among_themselves(std::vector<Row> rows, const RowsOfFiles& files);
    std::vector<Row> cut(std::span<Message> messages, const RowsOfFiles& files) const;
    void make_anew(std::span<const Row> rows, const std::stop_token& stop);
    std::set<int64_t> still_there(std::span<const Row> rows, const std::stop_token& stop);
    void write_files_of(Message& message, const std::stop_token& stop) const;
    std::optional<Bytes> bytes_of(const personal::MmsPart& part, std::string& trouble) const;

    ContentCommands& content_;
    const FileTree& snapshot_;
};

}  // namespace lifeboat::phone::android
