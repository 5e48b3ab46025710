#include "net/redact.hpp"

#include <openssl/evp.h>

#include <catch2/catch.hpp>
#include <vector>

namespace dakiya::net {
namespace {

std::string base64(const std::string& bytes) {
    std::string text(bytes.size() * 2 + 8, '\0');
    text.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                                         reinterpret_cast<const unsigned char*>(bytes.data()),
                                                         static_cast<int>(bytes.size()))));
    return text;
}

TEST_CASE("A secret disappears in every form") {
    const Redactor redact;
    Redactor redactor;
    const auto handle = redactor.add("s3cr+t/k y\"\xfb\xff\xbe");
    const std::string_view texts[] = {
        "token=s3cr+t/k y\"\xfb\xff\xbe;",
        R"({"token":"s3cr+t/k y\")"
        "\xfb\xff\xbe\"}",
        "?k=s3cr%2Bt%2Fk%20y%22%FB%FF%BE&",
        "?k=s3cr%2bt%2fk%20y%22%fb%ff%be&",
        "k=s3cr%2Bt%2Fk+y%22%FB%FF%BE",
    };
    for (const auto text : texts) {
        INFO(text);
        const std::string clean = redactor(text);
        CHECK(clean.find("[secret]") != std::string::npos);
        CHECK(clean.find("s3cr") == std::string::npos);
        CHECK(redact(text) == text);  // one that knows no secret changes nothing
    }
}

TEST_CASE("Base64 is found behind any user name, in both alphabets") {
    Redactor redactor;
    const std::string secret = "pass?word>\xff\xfe 9";
    const auto handle = redactor.add(secret);
    for (const std::string user : {"", "a", "ab", "abc", "AC0123456789"}) {
        std::string text = base64(user + ":" + secret + ":tail");
        for (const bool safe : {false, true}) {
            if (safe)
                for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
            INFO(text);
            const std::string clean = redactor("authorization: Basic " + text + "\r\n");
            CHECK(clean.find("[secret]") != std::string::npos);
            CHECK(clean.size() < text.size() + 25);
        }
    }
}

TEST_CASE("The longest of several secrets wins, and overlapping ones leave nothing behind") {
    Redactor redactor;
    std::vector<Redactor::Handle> handles;
    for (const auto* secret : {"abcdefgh", "abcdef", "fghijklm", "zzzzzz"})
        handles.push_back(redactor.add(secret));
    CHECK(redactor("<abcdef>") == "<[secret]>");
    CHECK(redactor("<abcdefgh>") == "<[secret]>");
    CHECK(redactor("<abcdefghijklm>") == "<[secret]>");
    CHECK(redactor("<abcdefgabcdef>") == "<[secret]g[secret]>");
    CHECK(redactor("zzzzzzzzz") == "[secret]");
    CHECK(redactor("abcde") == "abcde");
    CHECK(redactor("") == "");
}

TEST_CASE("A secret is known as long as somebody holds it") {
    Redactor redactor;
    auto first = redactor.add("hunter2-hunter2");
    { const auto second = redactor.add("hunter2-hunter2"); }
    CHECK(redactor("hunter2-hunter2") == "[secret]");
    first = {};
    CHECK(redactor("hunter2-hunter2") == "hunter2-hunter2");
    const auto too_short = redactor.add("short");
    CHECK(redactor("short") == "short");
    Redactor::Handle survivor;
    {
        Redactor gone;
        survivor = gone.add("outlives it");
    }
}

TEST_CASE("Hundreds of secrets leave innocent text alone") {
    Redactor redactor;
    std::vector<Redactor::Handle> handles;
    for (int i = 0; i < 300; ++i)
        handles.push_back(redactor.add("secret-number-" + std::to_string(1000 + i)));
    const std::string text = "secret-number-0999 and secret-number-1150, then secret-number-";
    CHECK(redactor(text) == "secret-number-0999 and [secret], then secret-number-");
}

}  // namespace
}  // namespace dakiya::net
