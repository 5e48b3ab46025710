#include "domain/email.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace dakiya::domain {

namespace {

constexpr std::size_t longest = 190;       // bytes
constexpr std::size_t longest_local = 64;  // RFC 5321 4.5.3.1.1
constexpr std::size_t longest_label = 63;  // RFC 1035 2.3.4

bool alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Characters of a dot-atom, RFC 5322 3.2.3.
bool of_local_part(char c) {
    return alphanumeric(c) || std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
}

bool valid_local_part(std::string_view local) {
    return !local.empty() && local.size() <= longest_local && local.front() != '.' && local.back() != '.' &&
           local.find("..") == std::string_view::npos &&
           std::all_of(local.begin(), local.end(), of_local_part);
}

bool valid_label(std::string_view label) {
    return !label.empty() && label.size() <= longest_label && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) { return alphanumeric(c) || c == '-'; });
}

// Labels with dots between them, at least two, and not an IP address.
bool valid_domain(std::string_view domain) {
    std::size_t labels = 0;
    std::string_view last;
    for (std::size_t at = 0; at <= domain.size(); ++labels) {
        const auto end = std::min(domain.find('.', at), domain.size());
        last = domain.substr(at, end - at);
        if (!valid_label(last)) return false;
        at = end + 1;
    }
    const bool number = std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
    return labels >= 2 && !number;
}

Error refused(std::string text) { return {Code::invalid, std::move(text), ""}; }

}  // namespace

Result<std::string> to_email(std::string_view text) {
    text = trim(text);
    if (text.empty()) return refused("the e-mail address is empty");
    if (text.size() > longest) return refused("the e-mail address is over 190 bytes");
    const std::string quoted = "\"" + std::string(text) + "\" is not an e-mail address: ";
    const auto at = text.rfind('@');
    if (at == std::string_view::npos) return refused(quoted + "there is no @ in it");
    const auto local = text.substr(0, at);
    const auto domain = text.substr(at + 1);
    if (!valid_local_part(local)) return refused(quoted + "the part before the @ is not valid");
    if (!valid_domain(domain)) return refused(quoted + "the part after the @ is not a domain name");
    return std::string(local) + "@" + lower_ascii(domain);
}

}  // namespace dakiya::domain
