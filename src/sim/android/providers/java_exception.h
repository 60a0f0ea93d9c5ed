// What a provider throws: the class and the words that the phone's tools print.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace lifeboat::sim::android {

class JavaException : public std::exception {
public:
    JavaException(std::string type, std::string message)
        : type_(std::move(type)), message_(std::move(message)) {}

    const std::string& type() const { return type_; }
    const std::string& message() const { return message_; }
    // Thrown before the provider was reached: other lines stand below it.
    bool while_opening() const { return while_opening_; }
    JavaException& opening() {
        while_opening_ = true;
        return *this;
    }

private:
    std::string type_;
    std::string message_;
    bool while_opening_ = false;
};

inline JavaException illegal_argument(std::string message) {
    return {"java.lang.IllegalArgumentException", std::move(message)};
}
inline JavaException security_exception(std::string message) {
    return {"java.lang.SecurityException", std::move(message)};
}
inline JavaException unsupported_operation(std::string message) {
    return {"java.lang.UnsupportedOperationException", std::move(message)};
}
inline JavaException file_not_found(std::string message) {
    return {"java.io.FileNotFoundException", std::move(message)};
}
inline JavaException sqlite_full() {
    return {"android.database.sqlite.SQLiteFullException",
            "database or disk is full (code 13 SQLITE_FULL)"};
}

}  // namespace lifeboat::sim::android
