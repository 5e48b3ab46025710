// dakiya/form.hpp - percent coding and application/x-www-form-urlencoded
// (https://url.spec.whatwg.org/#application/x-www-form-urlencoded).
//
//   Form form{{"To", number}, {"Body", text}};
//   form.add("MediaUrl", url);
//   std::string body = form.encode();
//   std::string sid = Form::parse(body).value("MessageSid");
#ifndef DAKIYA_FORM_HPP
#define DAKIYA_FORM_HPP

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dakiya/encoding.hpp"

namespace dakiya {

// For a path segment or a query value: all but the unreserved characters of RFC 3986 2.3 is escaped.
inline std::string percent(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out += c;
            continue;
        }
        out += '%';
        out += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4];
        out += "0123456789ABCDEF"[c & 15];
    }
    return out;
}

// Escapes that are not hex stay as they are; '+' is a space only in forms.
inline std::string unpercent(std::string_view text, bool plus_is_space = false) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const int high = detail::value16(text[i + 1]), low = detail::value16(text[i + 2]);
            if (high >= 0 && low >= 0) {
                out += static_cast<char>(high << 4 | low);
                i += 2;
                continue;
            }
        }
        out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
    return out;
}

// Names and values in order; a name may occur more than once.
class Form {
public:
    using Field = std::pair<std::string, std::string>;

    Form() = default;
    Form(std::initializer_list<Field> fields) : fields_(fields) {}

    static Form parse(std::string_view text) {
        Form form;
        while (!text.empty()) {
            const std::size_t end = text.find('&');
            const std::string_view field = text.substr(0, end);
            const std::size_t equals = field.find('=');
            if (!field.empty())
                form.add(unpercent(field.substr(0, equals), true),
                         equals == field.npos ? std::string() : unpercent(field.substr(equals + 1), true));
            text.remove_prefix(end == text.npos ? text.size() : end + 1);
        }
        return form;
    }

    Form& add(std::string name, std::string value) {
        fields_.emplace_back(std::move(name), std::move(value));
        return *this;
    }

    // The first field of that name, or the fallback.
    std::string value(std::string_view name, std::string_view fallback = {}) const {
        const std::string* found = find(name);
        return found ? *found : std::string(fallback);
    }
    const std::string* find(std::string_view name) const {
        for (const Field& field : fields_)
            if (field.first == name) return &field.second;
        return nullptr;
    }
    bool contains(std::string_view name) const { return find(name) != nullptr; }
    const std::vector<Field>& fields() const { return fields_; }

    std::string encode() const {
        std::string text;
        for (const Field& field : fields_) {
            if (!text.empty()) text += '&';
            text += percent(field.first) + '=' + percent(field.second);
        }
        return text;
    }

private:
    std::vector<Field> fields_;
};

// The query of a URL, without its fragment.
inline Form query_of(std::string_view url) {
    url = url.substr(0, url.find('#'));
    const std::size_t mark = url.find('?');
    return mark == url.npos ? Form() : Form::parse(url.substr(mark + 1));
}

}  // namespace dakiya

#endif
