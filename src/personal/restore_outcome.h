// What came back of a class of a phone's records, and what did not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lifeboat::personal {

struct Failure {
    std::string label{};  // as Record::label
    std::string reason{};
};

struct RestoreRequest {
    std::vector<std::string> classes{};  // ids of collections; empty: all that can come back
    bool dry_run = false;                // say what would be done, write nothing
    // Messages by the phone's own backup agent from the start, instead of only where the phone
    // keeps nothing else. The person taps once; pictures do not come back this way.
    bool messages_by_agent = false;
};

// A record counts as restored only when it was read back from the phone and compared.
struct RestoreOutcome {
    std::string id{};            // of the collection
    uint64_t wanted = 0;         // records in the backup
    uint64_t already_there = 0;  // an equal one was on the phone: not written again
    uint64_t written = 0;        // in a dry run: would be written
    uint64_t compared_equal = 0;
    std::vector<Failure> failed{};
    std::vector<Failure> conflicts{};  // something else is there under the same identity
    // What cannot come back at all, known before anything starts: whole sentences.
    std::vector<std::string> cannot_come_back{};
};

}  // namespace lifeboat::personal
