#include "signature.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "dakiya/crypto.hpp"

namespace twilio {

using namespace dakiya;

namespace {

bool is_form(const Inbound& in) {
    constexpr std::string_view type = "application/x-www-form-urlencoded";
    return in.header("content-type").compare(0, type.size(), type) == 0;
}

// Each name and value, decoded, nothing between, sorted by name and then by value; equal pairs count once.
std::string signed_fields(const Form& form) {
    std::vector<Form::Field> fields = form.fields();
    std::sort(fields.begin(), fields.end());
    fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
    std::string text;
    for (const Form::Field& field : fields) text.append(field.first).append(field.second);
    return text;
}

struct Address {
    std::string scheme, host;  // the host with user info, without the port
    std::string port;          // as received, or the scheme's own
    std::string path, query;   // the query with its "?", or empty
};

Address split(std::string_view url) {
    Address out;
    url = url.substr(0, url.find('#'));
    const std::size_t colon = url.find("://");
    if (colon == url.npos) return out;
    out.scheme = std::string(url.substr(0, colon));
    url.remove_prefix(colon + 3);
    const std::size_t end = std::min(url.find_first_of("/?"), url.size());
    std::string_view host = url.substr(0, end);
    url.remove_prefix(end);
    const std::size_t port = host.rfind(':');
    const std::size_t user = host.rfind('@'), bracket = host.rfind(']');  // "user:pass@[::1]:443"
    const bool has_port =
        port != host.npos && (user == host.npos || port > user) && (bracket == host.npos || port > bracket);
    out.port = has_port ? std::string(host.substr(port + 1)) : out.scheme == "https" ? "443" : "80";
    out.host = std::string(has_port ? host.substr(0, port) : host);
    const std::size_t mark = std::min(url.find('?'), url.size());
    out.path = std::string(url.substr(0, mark));
    out.query = std::string(url.substr(mark));
    return out;
}

// As a URL library writes a query that came with a raw apostrophe. https://url.spec.whatwg.org/#query-state
std::string with_apostrophe_escaped(const std::string& query) {
    std::string out;
    for (const char c : query) out += c == '\'' ? std::string("%27") : std::string(1, c);
    return out;
}

// Parsed and written again by Node's querystring, which leaves these marks raw.
// https://nodejs.org/api/querystring.html#querystringescapestr
std::string rewritten(const std::string& query) {
    const auto escape = [](const std::string& text) {
        std::string out;
        for (const char c : text) {
            const bool raw = std::string_view("!'()*").find(c) != std::string_view::npos;
            out += raw ? std::string(1, c) : percent(std::string_view(&c, 1));
        }
        return out;
    };
    const Form form = query_of(query);
    std::string out;
    for (const Form::Field& field : form.fields())
        out.append(out.empty() ? "?" : "&")
            .append(escape(field.first))
            .append("=")
            .append(escape(field.second));
    return out;
}

// Twilio's back ends do not agree on ports and escapes, so its own libraries try several spellings of the
// URL (twilio-python request_validator.py, twilio-node webhooks.ts). The usual one comes first.
std::vector<std::string> spellings(std::string_view url) {
    const Address address = split(url);
    std::vector<std::string> queries{address.query};
    for (const std::string& query : {with_apostrophe_escaped(address.query), rewritten(address.query)})
        if (std::find(queries.begin(), queries.end(), query) == queries.end()) queries.push_back(query);
    const std::string without_port = address.scheme + "://" + address.host + address.path;
    const std::string with_port = address.scheme + "://" + address.host + ':' + address.port + address.path;
    std::vector<std::string> out;
    for (const std::string& query : queries) out.insert(out.end(), {without_port + query, with_port + query});
    return out;
}

// A body that is no form is covered by its hash in the query, which the URL's signature covers. A GET has no
// body, whatever its query says (https://github.com/twilio/twilio-php/issues/861).
bool body_is_covered(const Inbound& in) {
    if (in.method() == "GET") return in.body().empty();
    return is_form(in) || equal(in.query("bodySHA256"), sha256_hex(in.body()));
}

}  // namespace

bool is_signed_with(std::string_view token, const Inbound& in) {
    const std::string signature = in.header("x-twilio-signature");
    if (token.empty() || signature.empty() || !body_is_covered(in)) return false;
    // The parameters of a GET are in the URL already.
    const std::string fields = in.method() != "GET" && is_form(in) ? signed_fields(in.form()) : std::string();
    for (const std::string& url : spellings(in.url()))
        if (equal(signature, base64(hmac_sha1(token, url + fields)))) return true;
    return false;
}

}  // namespace twilio
