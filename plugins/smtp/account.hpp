// One tenant's mail account: its settings, and what every mail/1 effect begins with.
#ifndef DAKIYA_SMTP_ACCOUNT_HPP
#define DAKIYA_SMTP_ACCOUNT_HPP

#include <string>
#include <string_view>

#include "dakiya/provider.hpp"

namespace smtp {

class Account {
public:
    // Throws Fault when the settings contradict each other.
    explicit Account(const dakiya::Settings& settings);

    std::string host;
    std::int64_t port;
    std::string security;  // "starttls", "tls", "none"
    std::string user;
    std::string from_address, from_name, reply_to, default_subject;
    std::string unsubscribe_url, unsubscribe_mailto;
    std::string hook_secret;  // empty only in settings that were never saved through a form
    bool all_reports;

    // Where bounces of the message `ref` go.
    std::string bounce_address(std::string_view ref) const;
    std::string_view domain() const;  // of the sender

    // Host, encryption and how to sign in (sdk/schema/effect/mail.schema.json).
    dakiya::Json effect() const;

private:
    std::string secret_, auth_, ehlo_, bounce_;
    std::int64_t connections_;
};

// "a{ref}b" → "axb" for ("ref", "x").
std::string filled(std::string_view pattern, std::string_view name, std::string_view value);

}  // namespace smtp

#endif
