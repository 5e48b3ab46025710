#include "meta_payloads.hpp"
#include "twilio_payloads.hpp"

#include <catch2/catch.hpp>

using namespace sim;

namespace {
const Form call = {{"CallSid", "CA1234567890ABCDE"},
                   {"Caller", "+14158675309"},
                   {"Digits", "1234"},
                   {"From", "+14158675309"},
                   {"To", "+18005551212"}};
}

// The vectors of github.com/twilio/twilio-python tests/unit/test_request_validator.py and twilio-node
// spec/validation.spec.js, token 12345.
TEST_CASE("Twilio's signature agrees with the vectors of its own libraries") {
    struct Vector {
        const char* url;
        Form form;
        const char* signature;
    };
    const Vector vectors[] = {
        {"https://mycompany.com/myapp.php?foo=1&bar=2", call, "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
        {"https://mycompany.com:443/myapp.php?foo=1&bar=2", call, "kvajT1Ptam85bY51eRf/AJRuM3w="},
        {"http://mycompany.com:80/myapp.php?foo=1&bar=2", call, "0ZXoZLH/DfblKGATFgpif+LLRf4="},
        {"https://user:pass@mycompany.com/myapp.php?foo=1&bar=2", call, "CukzLTc1tT5dXEDIHm/tKBanW10="},
        {"https://mycompany.com/myapp.php?foo=1&bar=2&Body=It%27s+amazing", call,
         "TfZzewPq8wqrGlMfyAud8+/IvJ0="},
        {"https://mycompany.com/myapp.php?foo=1&bar=2",
         {{"Sid", "CA123"},
          {"SidAccount", "AC123"},
          {"Digits", "5678"},
          {"Digits", "1234"},
          {"Digits", "1234"}},
         "IK+Dwps556ElfBT0I3Rgjkr1wJU="},
    };
    for (const Vector& vector : vectors) {
        CAPTURE(vector.url);
        CHECK(twilio_signature("12345", vector.url, vector.form) == vector.signature);
    }
}

TEST_CASE("Twilio's signature is made over decoded UTF-8 and empty values") {
    const Form form = parse_form(
        "AccountSid=AC00000000000000000000000000000001&ApiVersion=2010-04-01&Body=Ol%C3%A1%2C+it%27s+100%25+%"
        "E2%9C%93+"
        "%26+more&From=%2B5511999990000&MessageSid=SM00000000000000000000000000000002&NumMedia=0&NumSegments="
        "1&"
        "SmsMessageSid=SM00000000000000000000000000000002&SmsSid=SM00000000000000000000000000000002&"
        "SmsStatus=received&"
        "To=%2B15005550006&FromCity=");
    CHECK(twilio_signature("0123456789abcdef0123456789abcdef",
                           "https://hooks.example.test/webhooks/twilio/c1",
                           form) == "2a4EW3+52T2HTv1E9djiiuHz8NQ=");
}

TEST_CASE("Meta's signature is HMAC-SHA256 of the raw body, in lower case hex") {
    // RFC 4231, case 2
    CHECK(meta_signature("Jefe", "what do ya want for nothing?") ==
          "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}
