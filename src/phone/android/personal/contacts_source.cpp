#include "phone/android/personal/contacts_source.h"

#include "item/memory_items.h"
#include "phone/android/personal/contacts_restore.h"
#include "phone/android/personal/provider_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lifeboat::phone::android {
namespace {

constexpr uint64_t photo_limit = uint64_t{16} << 20;
constexpr uint64_t vcard_limit = uint64_t{64} << 20;
constexpr size_t vcards_at_once = 100;
constexpr std::string_view instead =
    "Export the contacts in the phone's own contacts app (to a .vcf file in the phone's storage), "
    "or let an account keep them";

ItemPath folder() {
    return personal::folder_of("contacts");
}

void put_bytes(const PersonalTarget& target, const ItemPath& path, Bytes bytes) {
    const uint64_t size = bytes.size();
    MemorySource source(std::move(bytes));
    target.sink->put({.path = path, .size = size, .mode = 0600}, source);
}

bool keep(const PersonalTarget& target, const ItemPath& path) {
    if (target.previous == nullptr) return false;
    const auto before = target.previous->find(path);
    return before && before->kind == ItemKind::file && target.sink->keep(*before);
}

size_t count_vcards(std::string_view text) {
    constexpr std::string_view begin = "BEGIN:VCARD";
    size_t count = 0;
    for (size_t at = text.find(begin); at != std::string_view::npos; at = text.find(begin, at + 1))
        ++count;
    return count;
}

}  // namespace

personal::Collection ContactsSource::read(const PersonalTarget& target, EventSink&,
                                          const std::stop_token& stop) {
    personal::Collection collection{.id = std::string(id())};
    try {
        PhoneContacts contacts = read_contacts(content_, stop);
        collection.records = records_of(contacts.contacts);
        add_gaps(collection, {.unread = contacts.unread, .drifted = contacts.drifted},
                 "the contacts");
        if (contacts.of_apps > 0) {
            collection.gaps.push_back(fmt::format(
                "entries that apps made for themselves (messengers), and make again: {}",
                contacts.of_apps));
        }
        if (target.sink != nullptr) save(target, contacts, collection, stop);
    } catch (const ContentRefused& refusal) {
        return refused(id(), refusal.error, instead);
    }
    return collection;
}

void ContactsSource::save(const PersonalTarget& target, PhoneContacts& contacts,
                          personal::Collection& collection, const std::stop_token& stop) {
    if (contacts.contacts.empty() && contacts.groups.empty()) return;
    save_photos(target, contacts, collection, stop);
    personal::ContactBook book;
    for (PhoneGroup& group : contacts.groups) book.groups.push_back(std::move(group.group));
    for (RawContact& raw : contacts.contacts) book.contacts.push_back(std::move(raw.contact));
    put_file(target, folder().child("contacts.jsonl"), personal::encode_contacts(book));
    save_vcards(target, collection, stop);
}

// A picture's file has a name that changes with the picture: one that the last backup has under
// this name is the same.
void ContactsSource::save_photos(const PersonalTarget& target, PhoneContacts& contacts,
                                 personal::Collection& collection, const std::stop_token& stop) {
    const ItemPath photos = folder().child("photos");
    std::vector<personal::ContactRow*> rows;
    std::vector<std::string> names, uris;
    for (RawContact& raw : contacts.contacts) {
        for (const auto& [place, uri] : raw.photo_uris) {
            personal::ContactRow& row = raw.contact.rows[place];
            const std::string& name = raw.photo_names.at(place);
            if (keep(target, photos.child(name))) {
                row.photo = name;
                continue;
            }
            rows.push_back(&row);
            names.push_back(name);
            uris.push_back(uri);
        }
    }
    size_t unread = 0;
    auto read = content_.read(uris, photo_limit, stop);
    for (size_t i = 0; i < rows.size(); ++i) {
        if (!read[i] || read[i]->empty()) {
            ++unread;
            continue;
        }
        rows[i]->photo = names[i];
        put_bytes(target, photos.child(names[i]), *std::move(read[i]));
    }
    if (unread > 0) {
        collection.gaps.push_back(fmt::format("{} picture{} of contacts could not be read", unread,
                                              unread == 1 ? "" : "s"));
    }
}

// The phone's own vCards, with small pictures: one file that every contacts app takes.
void ContactsSource::save_vcards(const PersonalTarget& target, personal::Collection& collection,
                                 const std::stop_token& stop) {
    const auto people = read_table(
        content_, {.uri = contacts_uri::contacts, .numbers = {"photo_id"}, .texts = {"lookup"}},
        stop);
    std::vector<std::string> uris;
    std::vector<std::string> keys;
    size_t wanted = 0;
    const auto add = [&] {
        if (keys.empty()) return;
        uris.push_back(
            fmt::format("{}/as_multi_vcard/{}", contacts_uri::contacts, fmt::join(keys, "%3A")));
        keys.clear();
    };
    for (const ContentRow& row : people.rows) {
        if (!row.texts.front()) continue;
        keys.push_back(uri_part(*row.texts.front()));
        ++wanted;
        if (keys.size() == vcards_at_once) add();
    }
    add();
    std::string text;
    for (const auto& some : content_.read(uris, vcard_limit, stop)) {
        if (some) text += as_text(*some);
    }
    put_file(target, folder().child("contacts.vcf"), text);
    const size_t got = count_vcards(text);
    if (got < wanted) {
        collection.gaps.push_back(fmt::format(
            "the phone gave vCards of {} of {} people; contacts.jsonl holds all of them", got,
            wanted));
    }
}

personal::RestoreOutcome ContactsSource::restore(const FileTree& snapshot, bool dry_run,
                                                 EventSink& events, const std::stop_token& stop) {
    const auto text = load_text(snapshot, folder().child("contacts.jsonl"));
    if (!text) return nothing_to_restore(snapshot, id());
    const auto book = personal::decode_contacts(*text);
    return restore_contacts(content_, book, snapshot, dry_run, events, stop);
}

}  // namespace lifeboat::phone::android
