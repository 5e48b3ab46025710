#include "net/reply_reader.hpp"

#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

namespace dakiya::net {
namespace {

namespace http = boost::beast::http;

bool same_name(boost::beast::string_view a, std::string_view b) {
    return boost::beast::iequals(a, {b.data(), b.size()});
}

}  // namespace

ReplyReader::ReplyReader(std::size_t max_body, bool head_only, std::string file)
    : max_body_(max_body), file_(std::move(file)) {
    Parser::eager(true);
    Parser::header_limit(max_reply_head);
    Parser::body_limit(max_body);
    Parser::skip(head_only);
    reply_.headers.reserve(16);
}

ReplyReader::Progress ReplyReader::add(std::string_view& bytes) {
    while (!bytes.empty()) {
        ErrorCode error;
        const bool in_head = !is_header_done();
        const std::size_t used = Parser::put(boost::asio::buffer(bytes.data(), bytes.size()), error);
        bytes.remove_prefix(used);
        // Beast limits what it is shown at once; a head that comes in drops is counted here.
        if (in_head && !is_header_done() && (head_size_ += used) > max_reply_head)
            return failed_with(http::make_error_code(http::error::header_limit));
        if (error == http::error::need_more) return Progress::more;
        if (error) return failed_with(error);
        if (is_done()) return Progress::whole;
        if (used == 0) return Progress::more;
    }
    return Progress::more;
}

ReplyReader::Progress ReplyReader::end() {
    if (!got_some()) return fail(Transport::closed, "The peer closed the connection without a reply.");
    ErrorCode error;
    Parser::put_eof(error);
    return error ? failed_with(error) : Progress::whole;
}

ReplyReader::Progress ReplyReader::fail(Transport transport, std::string text) {
    reply_ = no_reply(transport, std::move(text));
    return Progress::failed;
}

ReplyReader::Progress ReplyReader::failed_with(const ErrorCode& error) {
    if (reply_.transport != Transport::ok) return Progress::failed;  // said already, in better words
    if (error == http::error::body_limit)
        return fail(Transport::too_large,
                    "The reply's body has more than " + std::to_string(max_body_) + " bytes.");
    if (error == http::error::header_limit)
        return fail(Transport::too_large, "The reply's head has more than 64 KiB.");
    if (error == http::error::partial_message)
        return fail(Transport::closed, "The peer closed the connection in the middle of its reply.");
    return fail(Transport::closed, "The peer's reply is not valid HTTP (" + error.message() + ").");
}

void ReplyReader::on_response_impl(int code, View, int, ErrorCode&) { reply_.status = code; }

void ReplyReader::on_field_impl(http::field, View name, View value, ErrorCode&) {
    if (in_body_) return;  // trailers: nothing of ours reads them
    Header& header = reply_.headers.emplace_back();
    header.name.resize(name.size());
    std::transform(name.begin(), name.end(), header.name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    header.value.assign(value.data(), value.size());
}

void ReplyReader::on_header_impl(ErrorCode&) {
    in_body_ = true;
    if (file_.empty() || status() / 100 != 2) return;
    out_.open(file_, std::ios::binary | std::ios::app);
    reply_.in_file = true;
}

void ReplyReader::on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode&) {
    const auto coding = std::find_if(reply_.headers.begin(), reply_.headers.end(),
                                     [](const Header& header) { return header.name == "content-encoding"; });
    if (coding != reply_.headers.end() &&
        (same_name(coding->value, "gzip") || same_name(coding->value, "x-gzip"))) {
        gzip_.emplace();
        std::erase_if(reply_.headers, [](const Header& header) {
            return header.name == "content-encoding" || header.name == "content-length";
        });
    } else if (length) {
        reply_.body.reserve(std::min<std::uint64_t>(*length, 1U << 20U));  // the rest when it really comes
    }
}

std::size_t ReplyReader::on_body_impl(View body, ErrorCode& error) {
    append(body, error);
    return body.size();
}

std::size_t ReplyReader::on_chunk_body_impl(std::uint64_t, View body, ErrorCode& error) {
    append(body, error);
    return body.size();
}

void ReplyReader::append(View bytes, ErrorCode& error) {
    if (reply_.in_file) return append_to_file(bytes, error);
    if (!gzip_) {
        reply_.body.append(bytes.data(), bytes.size());
        return;
    }
    const auto outcome = gzip_->add({bytes.data(), bytes.size()}, reply_.body, max_body_);
    gzip_done_ = outcome == Inflate::Outcome::done;
    if (outcome == Inflate::Outcome::too_large) error = http::make_error_code(http::error::body_limit);
    if (outcome != Inflate::Outcome::broken) return;
    fail(Transport::closed, "The reply's gzip body is damaged.");
    error = http::make_error_code(http::error::bad_value);
}

// We asked for the file as it is.
void ReplyReader::append_to_file(View bytes, ErrorCode& error) {
    if (!gzip_ && out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return;
    fail(Transport::closed, gzip_ ? "The reply's body is gzip, which was not asked for."
                                  : "The reply's body cannot be written to the disk.");
    error = http::make_error_code(http::error::bad_value);
}

void ReplyReader::on_finish_impl(ErrorCode& error) {
    if (reply_.in_file && status() / 100 != 1) {
        out_.close();
        if (!out_) append_to_file({}, error);
        return;
    }
    if (!gzip_ || gzip_done_ || status() / 100 == 1) return;
    fail(Transport::closed, "The reply's gzip body ends too early.");
    error = http::make_error_code(http::error::partial_message);
}

}  // namespace dakiya::net
