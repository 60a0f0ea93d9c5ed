// Android phones in the network, without adb.
#include "app/files.h"
#include "app/nearby_phones.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared.h"
#include "cli/qr_picture.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace lifeboat::cli {
namespace {

app::Exit forget(Session& session, const std::string& address) {
    if (session.dry_run()) {
        session.out.line(fmt::format("{}forget {}", would(session), printable(address)));
        return app::Exit::done;
    }
    const bool was = app::forget_network_phone(session.world, address);
    session.result["was_known"] = was;
    session.out.line(was ? fmt::format("{} is forgotten.", printable(address))
                         : fmt::format("{} was not known.", printable(address)));
    return app::Exit::done;
}

app::Exit tell(Session& session, const app::NewNetworkPhone& done) {
    session.result["serial"] = valid_utf8(done.phone.address);
    session.result["model"] = valid_utf8(done.phone.model);
    session.result["was_known"] = done.was_known;
    session.out.line(fmt::format("{} {} answers at {} and is remembered.", session.out.out().tick(),
                                 printable(done.phone.model), printable(done.phone.address)));
    session.out.note("Next: lifeboat ready");
    return app::Exit::done;
}

app::Exit connect(Session& session, const std::string& address) {
    const Invocation& words = session.invocation;
    app::NetworkPhoneRequest request{.address = address};
    if (words.has("pair")) request.pairing_address = words.value("pair");
    if (session.dry_run()) {
        session.out.line(fmt::format("{}{}connect to {} and remember it", would(session),
                                     request.pairing_address ? "pair, " : "",
                                     address.empty() ? "the phone" : printable(address)));
        return app::Exit::done;
    }
    return tell(session, app::add_network_phone(session.world, request, session.stop));
}

// The picture in a file that was not there, for as long as it is of use.
class PictureFile {
public:
    explicit PictureFile(std::string path) : path_(std::move(path)) {
        if (std::filesystem::symlink_status(path_).type() !=
            std::filesystem::file_type::not_found) {
            throw Misuse(fmt::format("{} is there already", printable(path_)),
                         "Name a file that is not there: it is removed again in the end.");
        }
    }
    ~PictureFile() {
        std::error_code gone_already;
        if (written_) std::filesystem::remove(path_, gone_already);
    }
    PictureFile(const PictureFile&) = delete;
    PictureFile& operator=(const PictureFile&) = delete;

    void write(const std::string& content) {
        app::write_file_atomically(path_, content);
        written_ = true;
    }

private:
    std::string path_;
    bool written_ = false;
};

constexpr std::string_view what_to_do =
    "On the phone: Settings, Developer options, Wireless debugging, \"Pair device with QR code\". "
    "Point it at the picture.";

app::Exit pair_by_picture(Session& session) {
    const std::string path = session.invocation.value("qr-file");
    app::PictureRequest request{.limit = person_wait(session)};
    std::optional<PictureFile> file;
    if (!path.empty()) {
        file.emplace(path);
        request.show = [&](const SecretText& text) {
            file->write(QrPicture(text.reveal()).as_svg());
            session.out.note(fmt::format("The picture is in {}.", printable(path)));
            session.out.note(what_to_do);
        };
    } else if (session.out.json() || !session.prompt.can_ask()) {
        // Whoever sees it can pair with the phone: it must not end up in a log.
        throw Misuse("a picture needs a terminal to be shown on",
                     "Run it in a terminal and without --json, or name a new file for it: "
                     "--qr-file FILE.");
    } else {
        request.show = [&](const SecretText& text) {
            const bool utf8 = session.out.out().utf8;
            session.prompt.show(QrPicture(text.reveal()).for_terminal(utf8));
            session.out.note(what_to_do);
        };
    }
    if (session.dry_run()) {
        session.out.line(
            fmt::format("{}show a picture, pair with the phone that reads it, and "
                        "remember that phone",
                        would(session)));
        return app::Exit::done;
    }
    return tell(session, app::pair_by_picture(session.world, request, session.stop));
}

// What is told of one phone, and what the record says to it.
std::string_view state_of(const app::NearbyPhone& phone) {
    if (phone.shows_code) return "pairing";
    if (phone.is_elsewhere()) return "elsewhere";
    if (phone.was_followed) return "followed";
    return phone.known ? "known" : "new";
}

std::string state_text(const app::NearbyPhone& phone) {
    if (phone.shows_code) return "waits to be paired (this is the address for --pair)";
    if (!phone.known) return "not known here";
    const std::string model = printable(phone.known->model);
    if (phone.is_elsewhere()) {
        return fmt::format(
            "{}, remembered at {}: if it is really there now, lifeboat phone wifi {}", model,
            printable(phone.known->address), printable(phone.address));
    }
    return model + (phone.was_followed ? ", remembered at its new port" : ", remembered");
}

app::Exit list(Session& session) {
    const auto phones =
        app::look_around(session.world, {.only_look = session.dry_run()}, session.stop);
    auto& listed = session.result["phones"] = nlohmann::json::array();
    size_t name_width = 0;
    size_t address_width = 0;
    for (const app::NearbyPhone& phone : phones) {
        listed.push_back({{"name", valid_utf8(phone.name)},
                          {"address", valid_utf8(phone.address)},
                          {"state", state_of(phone)},
                          {"known", phone.known.has_value()},
                          {"model", valid_utf8(phone.known ? phone.known->model : "")}});
        name_width = std::max(name_width, columns(printable(phone.name)));
        address_width = std::max(address_width, columns(printable(phone.address)));
    }
    if (phones.empty()) {
        session.out.line("No phone says in this network that it is there.");
    } else {
        session.out.line("What phones, or somebody else, say in this network:");
    }
    for (const app::NearbyPhone& phone : phones) {
        session.out.line(fmt::format("  {}  {}  {}", padded(printable(phone.name), name_width),
                                     padded(printable(phone.address), address_width),
                                     state_text(phone)));
    }
    session.out.note(
        "For a new one: lifeboat phone wifi --qr. Wireless debugging must be on: "
        "Settings, Developer options.");
    return app::Exit::done;
}

void check_words(const Invocation& words, const std::string& address) {
    const bool picture = words.has("qr") || words.has("qr-file");
    if (picture && (!address.empty() || words.has("pair") || words.has("forget"))) {
        throw Misuse("A picture pairs with the phone that reads it",
                     "Use --qr without HOST:PORT, --pair and --forget.");
    }
    if (words.has("forget") && address.empty()) {
        throw Misuse("Which phone is to be forgotten?",
                     "lifeboat phone wifi HOST:PORT --forget; `lifeboat phone list` shows them.");
    }
    if (words.has("wait") && !picture) throw Misuse("--wait belongs to --qr");
}

}  // namespace

app::Exit phone_wifi(Session& session) {
    const Invocation& words = session.invocation;
    const std::string address = words.argument("HOST:PORT");
    const bool picture = words.has("qr") || words.has("qr-file");
    check_words(words, address);
    session.result["dry_run"] = session.dry_run();
    if (address.empty() && !picture && !words.has("pair")) return list(session);
    session.result["serial"] = valid_utf8(address);
    session.result["model"] = "";
    session.result["was_known"] = false;
    if (words.has("forget")) return forget(session, address);
    return picture ? pair_by_picture(session) : connect(session, address);
}

}  // namespace lifeboat::cli
