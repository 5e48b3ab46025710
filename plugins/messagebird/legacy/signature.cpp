#include "legacy/signature.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "common.hpp"
#include "dakiya/crypto.hpp"

namespace messagebird::legacy {

using namespace dakiya;

namespace {

[[noreturn]] void reject(const std::string& why) { throw Fault(DK_REJECTED, why); }

Json part(std::string_view coded) {
    const auto text = unbase64(coded);
    if (!text) reject("the signature is no JWT");
    return Json::parse(*text);
}

// "HS256" → "sha256"; "none" and everything else is refused.
std::string digest_of(const Json& header) {
    const std::string alg = word(header, "alg");
    if (alg != "HS256" && alg != "HS384" && alg != "HS512")
        reject("the signature uses an algorithm that MessageBird does not");
    return "sha" + alg.substr(2);
}

void check_claims(const Json& claims, const Inbound& in) {
    constexpr std::int64_t leeway = 1;
    const std::int64_t now = in.now() / 1000;
    if (word(claims, "iss") != "MessageBird" || word(claims, "jti").empty())
        reject("the signature is not MessageBird's");
    if (claims.at("nbf").integer() > now + leeway || claims.at("exp").integer() < now - leeway)
        reject("the signature has run out, or this server's clock is wrong");
    if (!equal(word(claims, "url_hash"), sha256_hex(in.url())))
        reject(
            "the signature is for another address: the public address of this server must be the one that "
            "MessageBird calls");
    const bool has_hash = claims.contains("payload_hash");
    if (has_hash == in.body().empty()) reject("the signature does not cover the body");
    if (has_hash && !equal(word(claims, "payload_hash"), sha256_hex(in.body())))
        reject("the body was changed");
}

void require_jwt(const std::string& key, const std::string& token, const Inbound& in) {
    const std::size_t first = token.find('.'), second = token.rfind('.');
    if (first == token.npos || second == first) reject("the signature is no JWT");
    const std::string_view text(token);
    const std::string algorithm = digest_of(part(text.substr(0, first)));
    if (!equal(text.substr(second + 1), base64url(hmac(algorithm, key, text.substr(0, second)))))
        reject("the signature does not match the signing key; it is not the access key");
    check_claims(part(text.substr(first + 1, second - first - 1)), in);
}

// base64(HMAC-SHA256(key, time \n sorted query \n raw SHA-256 of the body))
void require_old(const std::string& key, const Inbound& in) {
    const std::string time = in.header("messagebird-request-timestamp");
    std::int64_t seconds = 0;
    const auto read = std::from_chars(time.data(), time.data() + time.size(), seconds);
    if (read.ec != std::errc() || read.ptr != time.data() + time.size())
        reject("the request has no signature of MessageBird");
    constexpr std::int64_t oldest = 24 * 3600, ahead = 300;
    const std::int64_t age = in.now() / 1000 - seconds;
    if (age > oldest || age < -ahead)
        reject("the signature is older than a day, or this server's clock is wrong");
    std::vector<Form::Field> fields = query_of(in.url()).fields();
    std::stable_sort(fields.begin(), fields.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string query;
    for (const auto& [name, value] : fields)
        query.append(query.empty() ? "" : "&").append(percent(name)).append("=").append(percent(value));
    for (std::size_t at = query.find("%20"); at != query.npos; at = query.find("%20", at))
        query.replace(at, 3, "+");
    const std::string text = time + '\n' + query + '\n' + sha256(in.body());
    if (!equal(in.header("messagebird-signature"), base64(hmac_sha256(key, text))))
        reject("the signature does not match the signing key; it is not the access key");
}

}  // namespace

void require_signature(const std::string& key, const Inbound& in) {
    if (key.empty())
        reject(
            "the automatic-updates secret is not filled in, so nobody can tell whether this is from "
            "MessageBird");
    const std::string token = in.header("messagebird-signature-jwt");
    if (!token.empty()) return require_jwt(key, token, in);
    require_old(key, in);
}

}  // namespace messagebird::legacy
