// Result<T>: a value, or an Error that a person can act on. For expected refusals; exceptions mean that
// the machine is in trouble (docs/design.md 7).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace dakiya {

// Every refusal that the product knows. api/problem maps each to an HTTP status and a stable word.
enum class Code {
    invalid,          // input that we cannot use; `field` says which
    not_found,        // nothing of that name for this tenant
    conflict,         // the thing is in a state that forbids it, or exists already
    unauthorized,     // no or wrong credentials
    forbidden,        // known, but not allowed
    too_large,        // over a limit on size
    too_many,         // over a limit on rate or number
    unsupported,      // the provider or the server cannot do that
    unavailable,      // passing trouble: try again
    provider_refused  // the provider said no; its words are in `text`
};

struct Error {
    Code code = Code::invalid;
    std::string text;   // what is wrong, where, and what to do
    std::string field;  // dotted path into the input, or empty
};

template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
    Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }
    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T* operator->() { return &std::get<0>(state_); }
    const T* operator->() const { return &std::get<0>(state_); }
    T& operator*() & { return std::get<0>(state_); }
    const T& operator*() const& { return std::get<0>(state_); }
    T&& operator*() && { return std::get<0>(std::move(state_)); }
    const Error& error() const { return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

    bool ok() const { return !error_; }
    explicit operator bool() const { return ok(); }
    const Error& error() const { return *error_; }

private:
    std::optional<Error> error_;
};

inline Error invalid(std::string field, std::string text) {
    return {Code::invalid, std::move(text), std::move(field)};
}

}  // namespace dakiya
