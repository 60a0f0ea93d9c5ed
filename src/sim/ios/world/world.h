// Everything that is on a simulated iPhone: made once, then changed as a person and an update
// change it. The same options give the same bytes.
#pragma once

#include "sim/ios/world/place.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::sim::ios {

struct WorldOptions {
    uint64_t seed = 1;
    uint64_t photos = 12;  // whose originals are on the phone
    uint64_t videos = 1;
    uint64_t cloud_only = 3;  // more than 0: iCloud Photos is on and keeps originals to itself
    // Of the photos and videos, the newest that iCloud does not have yet; more than 0: iCloud
    // Photos is on. Without iCloud Photos it has none of them.
    uint64_t not_uploaded = 0;
    uint64_t trashed = 1;
    uint64_t messages = 40;
    uint64_t contacts = 8;
    uint64_t calls = 10;
    uint64_t events = 6;
    uint64_t notes = 4;
    uint64_t voicemails = 2;
    uint64_t whatsapp = 24;  // messages; 0: the app has never been opened
    uint64_t bookmarks = 3;
    uint64_t visits = 12;
    uint64_t health = 24;  // samples
    uint64_t networks = 3;
    uint64_t documents = 5;
    // The newest messages and photos stand in the log beside their database, as on a phone in use.
    bool open_logs = true;

    static WorldOptions none();
};

// A class of rows that an update, or somebody, may lose.
std::vector<std::string_view> losable_classes();
// Throws Misuse when it is none of them.
void check_losable(std::string_view id);

// One thread at a time.
class World {
public:
    explicit World(Place place) : place_(std::move(place)) {}

    // Into an empty folder.
    void fill(const WorldOptions& options);

    // What is added has the date of the place; the identities of what came or went.
    std::vector<std::string> add_photos(uint64_t count);
    std::vector<std::string> delete_photos(uint64_t count);
    // iCloud has the oldest of those that it did not have.
    std::vector<std::string> upload_photos(uint64_t count);
    std::vector<std::string> add_messages(uint64_t count);
    std::vector<std::string> delete_messages(uint64_t count);

    // What iOS of `major` makes of the databases: more tables and columns, the rows kept.
    void update(int major);
    // The oldest rows of a class, as many as there are; their identities. Throws Misuse for what is
    // no losable class, and when the phone has no such database.
    std::vector<std::string> lose(std::string_view id, uint64_t count);

    const Place& place() const { return place_; }

private:
    void fill_photos(const WorldOptions& options) const;
    void fill_messages(const WorldOptions& options) const;
    void date_databases() const;

    Place place_;
};

}  // namespace lifeboat::sim::ios
