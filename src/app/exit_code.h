// How the program ends: named here, turned into numbers in exit_code.cpp and nowhere else.
#pragma once

#include <span>
#include <string_view>

namespace lifeboat::app {

enum class Exit {
    done,
    failed,
    usage,
    partly,
    no_go,
    needs_confirmation,
    loss,
    damaged,
    no_repository,
    locked,
    wrong_password,
    no_phone,
    unreachable,
    no_space,
    interrupted,
    terminated,
};

int number(Exit exit);
// "done", "NO-GO": one word a script's author recognises; stable, also in JSON.
std::string_view word(Exit exit);
// One line for help, man pages and docs.
std::string_view meaning(Exit exit);
std::span<const Exit> all_exits();

}  // namespace lifeboat::app
