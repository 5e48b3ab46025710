// dakiya/reply.hpp - reading replies that may be anything: a proxy's page, an outage, other types than the
// documentation shows.
#ifndef DAKIYA_REPLY_HPP
#define DAKIYA_REPLY_HPP

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dakiya/http.hpp"
#include "dakiya/json.hpp"
#include "dakiya/text.hpp"
#include "dakiya/utf8.hpp"

namespace dakiya {

// The reply's document, or null when it is no JSON. Lives as long as the reply.
inline const Json& body_of(const Reply& reply) {
    static const Json null;
    try {
        return reply.json();
    } catch (const JsonError&) {
        return null;
    }
}

// The reply's document when it is an object, else nullptr. Lives as long as the reply.
inline const Json* object_of(const Reply& reply) {
    const Json& body = body_of(reply);
    return body.is_object() ? &body : nullptr;
}

// A text, number or boolean as text; "" for null, lists and objects: for fields that may be missing or odd.
inline std::string word(const Json& value) {
    return value.is_array() || value.is_object() ? std::string() : value.scalar();
}
inline std::string word(const Json& object, std::string_view key) { return word(object[key]); }

// The body when it is plain words, cut to 300 bytes; "" when it is a page for browsers or not text.
inline std::string plain_words(const Reply& reply) {
    constexpr std::size_t enough = 300;
    const std::string_view body = reply.body();
    if (body.find('<') != body.npos || !is_utf8(body)) return {};
    return shortened(std::string(body.substr(0, enough + 1)), enough);
}

// The wait that the header Retry-After tells in seconds, in milliseconds. 0 when there is none, when it is a
// date, and from 100,000 s on. https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
inline std::int64_t retry_after_ms(const Reply& reply) {
    const std::string seconds = reply.header("retry-after");
    if (!is_digits(seconds) || seconds.size() > 5) return 0;
    return std::strtoll(seconds.c_str(), nullptr, 10) * 1000;
}

// What to tell people when no reply came (status 0), without a full stop. `also`: what else in the settings
// may be wrong, such as "the data region".
inline std::string unreachable(std::string_view provider, const Reply& reply, std::string_view also = {}) {
    const std::string name(provider), too = also.empty() ? std::string() : " and " + std::string(also);
    if (reply.error() == "timeout") return name + " did not answer in time: try again later";
    if (reply.error() == "tls")
        return "No secure connection to " + name + " could be made: check this server's clock and network" +
               too;
    return name + " could not be reached (" + std::string(reply.error()) +
           "): check this server's internet access" + too + ", then try again";
}

}  // namespace dakiya

#endif
