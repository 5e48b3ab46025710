#include "net/smtp_text.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.hpp"
#include "dakiya/encoding.hpp"

namespace dakiya::net {
namespace {

constexpr std::size_t most_reply = 64U << 10U;

bool digit(char c) { return c >= '0' && c <= '9'; }

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

// "5.1.1 No such user" → "5.1.1"; its class is that of the code (RFC 2034 4).
std::string_view enhanced_code(std::string_view line, int code) {
    const auto word = line.substr(0, line.find(' '));
    if (word.size() < 5 || word[0] != static_cast<char>('0' + code / 100) || word[1] != '.') return {};
    const auto dot = word.find('.', 2);
    if (dot == word.npos || dot == 2 || dot > 5 || dot + 1 == word.size() || word.size() - dot > 4) return {};
    const auto digits = [&](std::size_t from, std::size_t to) {
        return std::all_of(word.begin() + static_cast<std::ptrdiff_t>(from),
                           word.begin() + static_cast<std::ptrdiff_t>(to), digit);
    };
    return digits(2, dot) && digits(dot + 1, word.size()) ? word : std::string_view();
}

// Replies may hold anything; what is stored and shown is UTF-8.
std::string readable(std::string_view line) {
    std::string out;
    for (const char c : line) out += (c >= ' ' && c <= '~') || c == '\t' ? c : '?';
    return out;
}

SmtpReply finished(int code, std::vector<std::string> lines) {
    SmtpReply reply;
    reply.code = code;
    reply.enhanced = enhanced_code(lines.front(), code);
    for (const std::string& line : lines) {
        std::string_view words = line;
        if (const auto prefix = enhanced_code(line, code); !prefix.empty())
            words.remove_prefix(prefix.size());
        words = trim(words);
        if (!reply.text.empty() && !words.empty()) reply.text += ' ';
        reply.text += words;
    }
    reply.lines = std::move(lines);
    return reply;
}

// RFC 3461 4: printable ASCII but "+" and "="; the rest as "+" and two capital hex digits.
std::string xtext(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c > ' ' && c <= '~' && c != '+' && c != '=') {
            out += c;
        } else {
            constexpr std::string_view digits = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            out += '+';
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        }
    }
    return out;
}

bool fits(std::string_view address) {
    return address.size() <= 320 && std::all_of(address.begin(), address.end(), [](char c) {
               return static_cast<unsigned char>(c) > ' ' && c != '<' && c != '>' && c != 0x7F;
           });
}

}  // namespace

SmtpReader::State SmtpReader::next(SmtpReply& reply) {
    for (;;) {
        const auto end = unread_.find('\n');
        if (end == std::string::npos) return unread_.size() > most_reply ? State::broken : State::more;
        std::string line = unread_.substr(0, end);
        unread_.erase(0, end + 1);
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (const State state = take_line(line, reply); state != State::more) return state;
    }
}

// "250-first", "250 last", "250" (RFC 5321 4.2.1)
SmtpReader::State SmtpReader::take_line(std::string_view line, SmtpReply& reply) {
    size_ += line.size() + 2;
    if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, digit) || size_ > most_reply)
        return State::broken;
    const char mark = line.size() > 3 ? line[3] : ' ';
    const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    if (code < 200 || code > 599 || (mark != ' ' && mark != '-') || (!partial_.empty() && code != code_))
        return State::broken;
    code_ = code;
    partial_.push_back(readable(line.size() > 4 ? line.substr(4) : std::string_view()));
    if (mark == '-') return State::more;
    reply = finished(code, std::exchange(partial_, {}));
    size_ = 0;
    return State::whole;
}

SmtpExtensions read_extensions(const std::vector<std::string>& lines) {
    SmtpExtensions all;
    for (std::size_t i = 1; i < lines.size(); ++i) {  // the first is a greeting
        const std::string line = upper(lines[i]);
        const std::string_view word = std::string_view(line).substr(0, line.find_first_of(" ="));
        std::string_view rest = std::string_view(line).substr(std::min(word.size() + 1, line.size()));
        all.starttls |= word == "STARTTLS";
        all.pipelining |= word == "PIPELINING";
        all.eight_bit |= word == "8BITMIME";
        all.utf8 |= word == "SMTPUTF8";
        all.dsn |= word == "DSN";
        if (word == "SIZE") {
            all.size = true;
            std::from_chars(rest.data(), rest.data() + rest.size(), all.most_bytes);
        }
        if (word != "AUTH") continue;  // "AUTH=LOGIN" too, which old servers add
        while (!(rest = trim(rest)).empty()) {
            const auto one = rest.substr(0, rest.find(' '));
            all.sign_in.emplace_back(one);
            rest.remove_prefix(one.size());
        }
    }
    return all;
}

std::string_view choose_sign_in(MailServer::Auth wanted, bool encrypted, const SmtpExtensions& extensions) {
    using Auth = MailServer::Auth;
    std::vector<std::string_view> order;
    if (wanted == Auth::plain) order = {"PLAIN"};
    if (wanted == Auth::login) order = {"LOGIN"};
    if (wanted == Auth::cram_md5) order = {"CRAM-MD5"};
    if (wanted == Auth::automatic && encrypted) order = {"PLAIN", "LOGIN", "CRAM-MD5"};
    if (wanted == Auth::automatic && !encrypted) order = {"CRAM-MD5", "PLAIN", "LOGIN"};
    const auto& offered = extensions.sign_in;
    for (const std::string_view name : order)
        if (std::find(offered.begin(), offered.end(), name) != offered.end()) return name;
    return {};
}

std::string plain_response(std::string_view user, std::string_view secret) {
    std::string text(1, '\0');
    text.append(user).append(1, '\0').append(secret);
    return base64(text);
}

std::optional<std::string> cram_md5_response(std::string_view user, std::string_view secret,
                                             std::string_view challenge) {
    const auto nonce = unbase64(challenge);
    if (!nonce) return std::nullopt;
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned size = 0;
    if (HMAC(EVP_md5(), secret.data(), static_cast<int>(secret.size()),
             reinterpret_cast<const unsigned char*>(nonce->data()), nonce->size(), sum.data(),
             &size) == nullptr)
        return std::nullopt;
    return base64(std::string(user) + ' ' +
                  hex(std::string_view(reinterpret_cast<const char*>(sum.data()), size)));
}

std::string mail_command(const MailRequest& request, const SmtpExtensions& extensions, std::size_t bytes,
                         bool eight_bit) {
    std::string line = "MAIL FROM:<" + request.from + ">";
    if (extensions.size) line += " SIZE=" + std::to_string(bytes);
    if (extensions.eight_bit && eight_bit) line += " BODY=8BITMIME";
    if (extensions.utf8 && !(is_ascii(request.from) && is_ascii(request.to))) line += " SMTPUTF8";
    if (extensions.dsn && !request.envelope_id.empty())
        line += " RET=HDRS ENVID=" + xtext(request.envelope_id);
    return line;
}

std::string rcpt_command(const MailRequest& request, const SmtpExtensions& extensions) {
    std::string line = "RCPT TO:<" + request.to + ">";
    if (!extensions.dsn || request.notify.empty()) return line;
    line += " NOTIFY=" + request.notify;
    if (is_ascii(request.to)) line += " ORCPT=rfc822;" + xtext(request.to);
    return line;
}

std::optional<std::string> unfit(const MailRequest& request) {
    const MailServer& server = request.server;
    const auto plain = [](std::string_view word) {
        return std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c <= '~'; });
    };
    if (server.host.empty() || !plain(server.host)) return "The mail server's name is not a host name.";
    if (server.ehlo.empty() || !plain(server.ehlo)) return "The name for EHLO is not a host name.";
    if (request.probe) return std::nullopt;
    if (!fits(request.from)) return "The envelope's sender is not an address.";
    if (request.to.empty() || !fits(request.to)) return "The recipient is not an address.";
    if (request.envelope_id.size() > 100) return "The envelope's id is longer than 100 characters.";
    if (!std::all_of(request.notify.begin(), request.notify.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || c == ','; }))
        return "NOTIFY is not a list of words.";
    return std::nullopt;
}

std::string wire_text(const std::vector<std::shared_ptr<const std::string>>& message) {
    std::size_t size = 0;
    for (const auto& piece : message) size += piece->size();
    std::string wire;
    wire.reserve(size + size / 32 + 8);
    bool line_start = true, after_return = false;
    const auto end_line = [&] {
        wire += "\r\n";
        line_start = true;
    };
    for (const auto& piece : message) {
        for (const char c : *piece) {
            const bool second = std::exchange(after_return, c == '\r') && c == '\n';
            if (second) continue;  // of a CR LF
            if (c == '\r' || c == '\n') {
                end_line();
                continue;
            }
            if (line_start && c == '.') wire += '.';
            wire += c;
            line_start = false;
        }
    }
    if (!line_start) end_line();
    return wire += ".\r\n";
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace dakiya::net
