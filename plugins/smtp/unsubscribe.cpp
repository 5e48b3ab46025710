#include "unsubscribe.hpp"

#include "dakiya/crypto.hpp"
#include "dakiya/form.hpp"
#include "mime.hpp"

namespace smtp {

using namespace dakiya;

namespace {

std::string signature(const Account& account, std::string_view address) {
    return base64url(hmac_sha256(account.hook_secret, "unsubscribe\n" + std::string(address))).substr(0, 22);
}

// The reference makes the links of two mails differ: the same request twice is taken for a repeat.
std::string own_link(const Account& account, std::string_view callback, std::string_view address,
                     std::string_view ref) {
    if (callback.empty() || account.hook_secret.empty()) return {};
    return std::string(callback) + "?u=" + base64url(address) + "&s=" + signature(account, address) +
           "&m=" + percent(ref);
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else
            out += c;
    }
    return out;
}

}  // namespace

std::string unsubscribe_fields(const Account& account, std::string_view callback, std::string_view address,
                               std::string_view ref) {
    std::string link = own_link(account, callback, address, ref);
    if (!account.unsubscribe_url.empty())
        link = filled(filled(account.unsubscribe_url, "address", percent(address)), "ref", percent(ref));
    std::string value;
    if (!link.empty()) value = "<" + link + ">";
    if (!account.unsubscribe_mailto.empty())
        value += (value.empty() ? "<mailto:" : ",\r\n <mailto:") + account.unsubscribe_mailto +
                 "?subject=unsubscribe>";
    if (value.empty()) return {};
    std::string fields = "List-Unsubscribe: " + value + "\r\n";
    // RFC 8058 3.1: https only.
    if (link.rfind("https://", 0) == 0) fields += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
    return fields;
}

std::optional<std::string> address_of_link(const Account& account, std::string_view url) {
    const Form query = query_of(url);
    const auto address = unbase64(query.value("u"));
    if (account.hook_secret.empty() || !address || address->empty()) return std::nullopt;
    if (!equal(query.value("s"), signature(account, *address))) return std::nullopt;
    return address;
}

std::string unsubscribe_page(std::string_view method, std::string_view address) {
    const std::string who = escaped(address);
    const std::string body = method == "POST"
                                 ? "<p>" + who + " gets no more of these mails.</p>"
                                 : "<p>No more of these mails to " + who +
                                       "?</p><form method=\"post\"><button name=\"List-Unsubscribe\" "
                                       "value=\"One-Click\">Unsubscribe</button></form>";
    return "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
           "content=\"width=device-width\"><meta name=\"robots\" "
           "content=\"noindex\"><title>Unsubscribe</title>" +
           body + "</html>\n";
}

}  // namespace smtp
