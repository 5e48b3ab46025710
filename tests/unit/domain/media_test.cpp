#include "domain/media.hpp"

#include <catch2/catch.hpp>

#include "domain/content_media.hpp"

using namespace dakiya;
using namespace dakiya::domain;
using namespace std::string_literals;

TEST_CASE("what a file is shows at its beginning") {
    struct Row {
        std::string bytes, type;
    };
    const auto row = GENERATE(values<Row>({
        {"\xff\xd8\xff\xe0 JFIF", "image/jpeg"},
        {"\x89PNG\r\n\x1a\n", "image/png"},
        {"GIF89a", "image/gif"},
        {"RIFF1234WEBPVP8 ", "image/webp"},
        {"RIFF1234WAVEfmt \x01\x02", ""},
        {"\0\0\0\x18"s + "ftypmp42", "video/mp4"},
        {"#!AMR\n", "audio/amr"},
        {"ID3\x04", "audio/mpeg"},
        {"\xff\xfb\x90\x64", "audio/mpeg"},
        {"\xff\xf1\x50\x80", "audio/aac"},
        {"OggS\0\x02"s, "audio/ogg"},
        {"%PDF-1.7", "application/pdf"},
        {"PK\x03\x04", "application/zip"},
        {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole"},
        {"\x7f"
         "ELF\x02",
         "application/x-executable"},
        {"MZ\x90\x01\x03", "application/x-executable"},
        {"MZ is how this text begins", "text/plain"},
        {"#!/bin/sh\necho", "application/x-executable"},
        {"Name,Stadt\nÄnne,Köln\n", "text/plain"},
        {"  <!DOCTYPE html><p>", "text/html"},
        {"<svg onload=alert(1)>", "text/html"},
        {"\x01\x02", ""},
        {"", ""},
    }));
    INFO(row.bytes);
    CHECK(sniffed_type(row.bytes) == row.type);
}

TEST_CASE("a file must be what it is declared as") {
    CHECK(checked_type("Image/PNG; x=y", "\x89PNG\r\n\x1a\n").value() == "image/png");
    CHECK(checked_type("video/3gpp", "\0\0\0\x18"s + "ftyp3gp4").value() == "video/3gpp");
    CHECK(checked_type("text/csv", "a,b\n").value() == "text/csv");
    CHECK(checked_type("image/png", "%PDF-1.7").error().text ==
          "the file is declared as image/png, but is application/pdf");
    CHECK(checked_type("text/plain", "#!/usr/bin/perl").error().code == Code::invalid);
    CHECK(checked_type("text/html", "<html>").error().code == Code::unsupported);
    CHECK(checked_type("", "abc").error().code == Code::unsupported);
    CHECK(received_type("image/heic", "\0\0\0\x18"s + "ftypheic").value() == "application/octet-stream");
    CHECK(received_type("image/png",
                        "\x7f"
                        "ELF")
              .error()
              .code == Code::unsupported);
}

TEST_CASE("a file's name is nobody's path") {
    CHECK(safe_filename("../../etc/passwd", "") == "passwd");
    CHECK(safe_filename("C:\\temp\\bill \"4711\".pdf", "") == "bill 4711.pdf");
    CHECK(safe_filename("a\r\nb.png", "") == "ab.png");
    CHECK(safe_filename("..", "application/pdf") == "file.pdf");
    CHECK(safe_filename("", "application/x-unknown") == "file.bin");
    CHECK(address_filename("Rechnung für Ä.pdf", "") == "Rechnung-f--r---.pdf");
}

TEST_CASE("a message carries what its type can show") {
    CHECK(fits("image", "image/png"));
    CHECK_FALSE(fits("image", "application/pdf"));
    CHECK(fits("document", "application/pdf"));
    CHECK(fits("sticker", "image/webp"));
    CHECK_FALSE(fits("sticker", "image/png"));
}

TEST_CASE("files of ours in a content, and what takes their place") {
    const std::string id = format_id(prefix::media, 77);
    const auto read = [](const Json& json) { return parse_content(json, "content"); };
    const Content message =
        read(Json{{"kind", "media"}, {"media", Json{{"type", "document"}, {"media", id}}}}).value();
    REQUIRE(media_of(message).size() == 1);
    CHECK(media_of(message)[0].media == 77);
    const std::map<Id, PlacedMedia> placed{{77, {"h-1", "", "application/pdf", "bill.pdf"}}};
    const Content sent = with_media(message, placed);
    CHECK(
        sent.media ==
        Json{{"type", "document"}, {"handle", "h-1"}, {"mime", "application/pdf"}, {"filename", "bill.pdf"}});
    CHECK(media_of(sent).empty());

    const Content header = read(Json{{"kind", "template"},
                                     {"template", Json{{"name", "bill"}, {"language", "en"}}},
                                     {"variables", Json{{"1", "x"}, {"header.media", id}}}})
                               .value();
    CHECK(header_params(header, placed) == Json{{"header.handle", "h-1"}, {"header.filename", "bill.pdf"}});
    CHECK(with_media(header, placed).variables.count("header.media") == 0);

    CHECK(
        read(Json{{"kind", "media"}, {"media", Json{{"type", "image"}, {"media", "med_x"}}}}).error().field ==
        "content.media.media");
    CHECK_FALSE(read(
        Json{{"kind", "media"}, {"media", Json{{"type", "image"}, {"media", id}, {"url", "https://x"}}}}));
    CHECK_FALSE(read(Json{{"kind", "template"},
                          {"template", Json{{"name", "bill"}, {"language", "en"}}},
                          {"variables", Json{{"header.url", "https://x"}, {"header.media", id}}}}));
    CHECK_FALSE(read(Json{{"kind", "template"},
                          {"template", Json{{"name", "bill"}, {"language", "en"}}},
                          {"variables", Json{{"header.media", "{{photo}}"}}}}));
}
