#include "account.hpp"

namespace smtp {

using namespace dakiya;

Account::Account(const Settings& settings)
    : host(settings.text("host")),
      port(settings.integer("port", 587)),
      security(settings.text("security", "starttls")),
      user(settings.text("username", "")),
      from_address(settings.text("from_address")),
      from_name(settings.text("from_name", "")),
      reply_to(settings.text("reply_to", "")),
      default_subject(settings.text("subject", "")),
      unsubscribe_url(settings.text("unsubscribe_url", "")),
      unsubscribe_mailto(settings.text("unsubscribe_mailto", "")),
      hook_secret(settings.text("hook_secret", "")),
      all_reports(settings.text("reports", "failures") == "all"),
      secret_(settings.text("password", "")),
      auth_(settings.text("auth", "automatic")),
      ehlo_(settings.text("ehlo", "")),
      bounce_(settings.text("bounce_address", "")),
      connections_(settings.integer("connections", 5)) {
    if (user.empty() != secret_.empty())
        throw Fault(DK_BAD_INPUT, "user name and password belong together: fill in both or neither");
    if (from_address.find('@') == std::string::npos)
        throw Fault(DK_BAD_INPUT, "the sender's address is not an e-mail address");
}

std::string Account::bounce_address(std::string_view ref) const {
    return bounce_.empty() ? from_address : filled(bounce_, "ref", ref);
}

std::string_view Account::domain() const {
    return std::string_view(from_address).substr(from_address.rfind('@') + 1);
}

Json Account::effect() const {
    Json json{{"host", host},
              {"port", port},
              {"security", security},
              {"ehlo", ehlo_.empty() ? std::string(domain()) : ehlo_},
              {"connections", connections_},
              {"limit", "send"}};
    if (user.empty()) return json;
    json.set("auth", auth_);
    json.set("user", user);
    json.set("secret", secret_);
    return json;
}

std::string filled(std::string_view pattern, std::string_view name, std::string_view value) {
    const std::string mark = "{" + std::string(name) + "}";
    std::string out(pattern);
    for (std::size_t at = out.find(mark); at != std::string::npos; at = out.find(mark, at + value.size()))
        out.replace(at, mark.size(), value);
    return out;
}

}  // namespace smtp
