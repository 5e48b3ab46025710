// Removes secrets by value from everything that is logged or stored: as they are, in base64 and base64url
// (also inside a longer text, so "Basic user:secret" is covered for every user), percent-encoded and
// JSON-escaped. Time is linear in the text. [any thread]
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace dakiya::net {

class Redactor {
    struct Index;

public:
    // Keeps one secret known. Equal secrets are counted, so each holder may come and go on its own.
    class Handle {
    public:
        Handle() = default;
        Handle(Handle&& other) noexcept = default;
        Handle& operator=(Handle&& other) noexcept;
        ~Handle();

    private:
        friend class Redactor;
        std::shared_ptr<Index> index_;
        std::string secret_;
    };

    static constexpr std::size_t shortest = 6;  // shorter texts would blank out innocent ones
    static constexpr std::string_view mark = "[secret]";

    Redactor();

    // The handle of a text shorter than `shortest` holds nothing. It may outlive the redactor.
    [[nodiscard]] Handle add(std::string_view secret);
    std::string operator()(std::string_view text) const;

private:
    std::shared_ptr<Index> index_;
};

}  // namespace dakiya::net
