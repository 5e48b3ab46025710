// dakiya/redact.hpp - providers quote what they were sent, keys too.
#ifndef DAKIYA_REDACT_HPP
#define DAKIYA_REDACT_HPP

#include <string>
#include <string_view>

namespace dakiya {

// The text without the secret, however often it is in it. An empty secret is in no text.
inline std::string without_secret(std::string text, std::string_view secret,
                                  std::string_view instead = "(connection code)") {
    if (secret.empty()) return text;
    for (std::size_t at = text.find(secret); at != text.npos; at = text.find(secret, at + instead.size()))
        text.replace(at, secret.size(), instead);
    return text;
}

}  // namespace dakiya

#endif
