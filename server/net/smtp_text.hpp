// SMTP as text (RFC 5321): replies that come, commands and messages that go. Pure functions and values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/mail.hpp"

namespace dakiya::net {

struct SmtpReply {
    int code = 0;                    // 200 to 599
    std::string enhanced;            // RFC 2034: "5.1.1", or empty
    std::string text;                // all lines without codes, blanks between
    std::vector<std::string> lines;  // … one by one, as they came
    bool good() const { return code < 400; }
};

// Takes bytes and gives replies. A reply may have many lines; more than 64 KiB of it, or lines that are no
// reply, are broken.
class SmtpReader {
public:
    enum class State { more, whole, broken };

    void add(std::string_view bytes) { unread_.append(bytes); }
    // whole: the reply is in `reply`, and what came after it waits for the next call.
    State next(SmtpReply& reply);
    bool empty() const { return unread_.empty() && partial_.empty(); }

private:
    State take_line(std::string_view line, SmtpReply& reply);

    std::string unread_;
    std::vector<std::string> partial_;  // lines of a reply that goes on
    int code_ = 0;                      // … and its code
    std::size_t size_ = 0;              // … and its bytes
};

// What a server offers in its answer to EHLO. RFC 5321 4.1.1.1 and the RFCs of the extensions.
struct SmtpExtensions {
    bool starttls = false, pipelining = false, eight_bit = false, utf8 = false, dsn = false, size = false;
    std::size_t most_bytes = 0;        // 0: not told
    std::vector<std::string> sign_in;  // in capitals: "PLAIN", "LOGIN", "CRAM-MD5"
};
SmtpExtensions read_extensions(const std::vector<std::string>& lines);

// The mechanism that both know, or empty.
std::string_view choose_sign_in(MailServer::Auth wanted, bool encrypted, const SmtpExtensions& extensions);

// RFC 4616; RFC 2195, nothing when the challenge is not base64 or OpenSSL has no MD5 (FIPS).
std::string plain_response(std::string_view user, std::string_view secret);
std::optional<std::string> cram_md5_response(std::string_view user, std::string_view secret,
                                             std::string_view challenge);

// "MAIL FROM:<…> …" and "RCPT TO:<…> …" with the parameters that the server knows, without the line end.
// `bytes` and `eight_bit` are the message's.
std::string mail_command(const MailRequest& request, const SmtpExtensions& extensions, std::size_t bytes,
                         bool eight_bit);
std::string rcpt_command(const MailRequest& request, const SmtpExtensions& extensions);

// Why a request cannot be put into commands: an address with a line end, a blank or an angle bracket.
std::optional<std::string> unfit(const MailRequest& request);

// The message as it goes over the wire: lines end with CR LF whatever ended them before, so that no server
// can see an end of the message that we do not (RFC 5321 4.1.1.4), dots at their beginning are doubled, and
// the final dot stands at the end.
std::string wire_text(const std::vector<std::shared_ptr<const std::string>>& message);

bool is_ascii(std::string_view text);

}  // namespace dakiya::net
