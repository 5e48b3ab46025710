// The mail builder and the mail reader of plugins/smtp, by the examples of their RFCs and by each other.
#include <catch2/catch.hpp>

#include "dakiya/encoding.hpp"
#include "mail.hpp"
#include "mime.hpp"

using namespace smtp;

namespace {

std::string joined(const mime::Pieces& pieces) {
    std::string text;
    for (const mime::Piece& piece : pieces) text += piece.text + piece.url;
    return text;
}

// Every line as RFC 5322 2.1.1 wants it, and 7 bits.
void require_lines(const std::string& text, std::size_t most = 78) {
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = text.find("\r\n", begin);
        REQUIRE(end != std::string::npos);
        INFO(text.substr(begin, end - begin));
        REQUIRE(end - begin <= most);
        begin = end + 2;
    }
    for (const char c : text) REQUIRE(static_cast<unsigned char>(c) < 0x80);
}

const std::vector<std::string> texts = {
    "",
    "Hello",
    "a\nb\r\nc\rd",
    "trailing blank \nand tab\t\n",
    ".\n..\nFrom me\n=_boundary=",
    "Grüße aus München, Straße 5 = 100 %",
    "नमस्ते आशा, आपका ऑर्डर रास्ते में है। नमस्ते आशा, आपका ऑर्डर रास्ते में है।",
    "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
    "a line that is much longer than any line of a mail may be, so that it has to be cut somewhere on its "
    "way out",
};

}  // namespace

TEST_CASE("what is written as a part is read again as the same text") {
    const std::string text = GENERATE(from_range(texts));
    CAPTURE(text);
    const std::string written = joined(mime::text_part("plain", text));
    require_lines(written);
    const Part part = read_mail(written);
    CHECK(part.type == "text/plain");
    std::string lines = text;  // line ends are CR LF in mails
    for (std::size_t at = 0; (at = lines.find_first_of("\r\n", at)) != std::string::npos; at += 2) {
        const bool pair = lines.compare(at, 2, "\r\n") == 0;
        lines.replace(at, pair ? 2 : 1, "\r\n");
    }
    std::string read = part.text();
    if (read.size() == lines.size() + 2) read.resize(lines.size());  // the part's own line end
    CHECK(read == lines);
}

TEST_CASE("a header field is read again as it was written") {
    const std::string text = GENERATE(from_range(texts));
    CAPTURE(text);
    const std::string written = mime::field("Subject", text);
    require_lines(written);
    CHECK(written.find("\r\n", 0) != std::string::npos);
    std::string_view rest = written;
    std::string expected = text;
    for (char& c : expected)
        if (c >= 0 && c < ' ') c = ' ';
    const std::string read = decoded(Fields::take(rest).value("subject"));
    CHECK(read == std::string(expected));
}

TEST_CASE("names in front of addresses") {
    CHECK(mime::address_field("From", "Tea House", "a@b.example") == "From: Tea House <a@b.example>\r\n");
    CHECK(mime::address_field("From", "", "a@b.example") == "From: a@b.example\r\n");
    CHECK(mime::address_field("From", "Rao, Asha", "a@b.example") == "From: \"Rao, Asha\" <a@b.example>\r\n");
    CHECK(mime::address_field("From", "a\"\\b", "a@b.example") == "From: \"a\\\"\\\\b\" <a@b.example>\r\n");
    CHECK(mime::address_field("From", "x\r\nBcc: y", "a@b.example").find("\r\nBcc") == std::string::npos);
    CHECK(mime::address_field("From", "आशा", "a@b.example") ==
          "From: =?UTF-8?B?4KSG4KS24KS+?= <a@b.example>\r\n");
}

TEST_CASE("dates are written and read") {
    CHECK(mime::date(0) == "Thu, 01 Jan 1970 00:00:00 +0000");
    CHECK(mime::date(951'782'400'000) == "Tue, 29 Feb 2000 00:00:00 +0000");
    CHECK(mime::date(1'795'238'290'198) == "Sat, 21 Nov 2026 05:18:10 +0000");
    for (const std::int64_t day : {0L, 59L, 365L, 11016L, 20778L, 47846L})
        CHECK(read_date(mime::date(day * 86'400'000)) == day * 86'400'000);
    CHECK(read_date("Sat, 21 Nov 2026 10:48:10 +0530 (IST)") == 1'795'238'290'000);
    CHECK(read_date("21 Nov 2026 05:18 GMT") == 1'795'238'280'000);
    for (const char* wrong :
         {"", "yesterday", "Sat, 41 Nov 2026 10:48:10 +0530", "21 Foo 2026 05:18:00 +0000", "21 Nov 2026",
          "21 Nov 2026 25:00:00 +0000", "21 ovd 2026 05:18:00 +0000"})
        CHECK(read_date(wrong) == 0);
}

TEST_CASE("file names of every kind") {
    const auto head = [](const std::string& name) {
        const std::string text = joined(mime::file_part({name, "application/pdf", "QUJD", "", ""}));
        require_lines(text);
        return text;
    };
    CHECK(head("a b.pdf").find("\r\n filename=\"a b.pdf\"\r\n") != std::string::npos);
    CHECK(head("März.pdf").find("filename*=UTF-8''M%C3%A4rz.pdf") != std::string::npos);
    const std::string long_name = head(std::string(60, 'a') + "ä" + std::string(60, 'b') + ".pdf");
    CHECK(long_name.find(" filename*0*=UTF-8''aaaa") != std::string::npos);
    CHECK(long_name.find(" filename*2*=") != std::string::npos);
    CHECK(head("x\"; y=\"z").find("filename=\"x\\\"; y=\\\"z\"") != std::string::npos);
    CHECK(head("x\r\ny").find("x  y") != std::string::npos);
}

TEST_CASE("parts within parts") {
    const mime::Pieces inner =
        mime::multipart("alternative", mime::boundary(1, "msg_1"),
                        {mime::text_part("plain", "text"), mime::text_part("html", "<p>html</p>")});
    const mime::Pieces outer =
        mime::multipart("mixed", mime::boundary(2, "msg_1"),
                        {inner, mime::file_part({"a.bin", "application/x-a", "QUJD", "", "c1"})});
    const std::string text = joined(outer);
    require_lines(text);
    const Part mail = read_mail(text);
    REQUIRE(mail.parts.size() == 2);
    CHECK(mail.parts[0].parts.size() == 2);
    REQUIRE(mail.find("text/html"));
    CHECK(mail.find("text/html")->text().substr(0, 11) == "<p>html</p>");
    REQUIRE(mail.find("application/x-a"));
    CHECK(mail.find("application/x-a")->text() == "ABC");
    CHECK(mail.find("application/x-a")->header.value("content-id") == "<c1>");
    CHECK(mail.find("image/png") == nullptr);
}

TEST_CASE("encoded words by RFC 2047 8") {
    CHECK(decoded("=?ISO-8859-1?Q?a?=") == "a");
    CHECK(decoded("(=?ISO-8859-1?Q?a?= b)") == "(a b)");
    CHECK(decoded("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=") == "ab");
    CHECK(decoded("=?ISO-8859-1?Q?a_b?=") == "a b");
    CHECK(decoded("=?ISO-8859-1?Q?a?=   =?ISO-8859-2?Q?_b?=") == "a b");
    CHECK(decoded("=?utf-8?b?w6Q=?=") == "ä");
    CHECK(decoded("=?iso-8859-1?q?=E4?=") == "ä");
    CHECK(decoded("=?broken") == "=?broken");
    CHECK(decoded("=?utf-8?q?=E4?=") == "?");
}

TEST_CASE("header fields as servers write them") {
    std::string_view text = "From x@y Sat Nov 21 2026\nSubject: a\n\tb\r\nX-A:c\n\nbody\n";
    const Fields fields = Fields::take(text);
    CHECK(fields.value("subject") == "a b");
    CHECK(fields.value("x-a") == "c");
    CHECK(fields.value("none").empty());
    CHECK(text == "body\n");
    CHECK(media_type("Text/HTML; charset=utf-8") == "text/html");
    CHECK(parameter("a/b; x=\"1;2\"; Boundary=z", "boundary") == "z");
    CHECK(parameter("a/b; boundary=\"a b\"", "boundary") == "a b");
    CHECK(parameter("a/b", "boundary").empty());
    CHECK(address_in("\"Rao, A\" <a@b.example>") == "a@b.example");
    CHECK(address_in("a@b.example") == "a@b.example");
    CHECK(address_in("undisclosed-recipients:;").empty());
}

TEST_CASE("a mail bomb is not unfolded") {
    std::string deep;
    for (int i = 0; i < 1000; ++i)
        deep += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" +
                std::to_string(i) + "\n";
    const Part mail = read_mail(deep);
    int depth = 0;
    for (const Part* part = &mail; !part->parts.empty(); part = &part->parts[0]) ++depth;
    CHECK(depth <= 10);
    std::string wide = "Content-Type: multipart/mixed; boundary=b\n\n";
    for (int i = 0; i < 10'000; ++i) wide += "--b\n\nx\n";
    CHECK(read_mail(wide).parts.size() <= 100);
}
