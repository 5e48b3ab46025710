// Reads one HTTP/1.x reply out of the bytes of a connection: Beast's parser, our limits, gzip.
#pragma once

#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "net/http.hpp"
#include "net/inflate.hpp"

namespace dakiya::net {

inline constexpr std::size_t max_reply_head = 64U << 10U;  // bytes, also of a trailer

class ReplyReader final : private boost::beast::http::basic_parser<false> {
    using Parser = boost::beast::http::basic_parser<false>;
    using ErrorCode = boost::beast::error_code;
    using View = boost::beast::string_view;

public:
    enum class Progress { more, whole, failed };

    // head_only: the reply to a HEAD request, which announces a body and sends none. file: where the body of
    // a 2xx reply goes, when not empty.
    ReplyReader(std::size_t max_body, bool head_only, std::string file = {});

    // Consumes from the front of `bytes`; what is left over must be shown again, with more behind it.
    Progress add(std::string_view& bytes);
    // The peer sends no more. Whole only when the end of the connection is the end of the reply.
    Progress end();

    int status() const { return reply_.status; }
    bool keep_alive() const { return Parser::keep_alive(); }  // after `whole`
    // Once, after `whole` or `failed`; when failed, transport and text say why.
    Reply take() { return std::move(reply_); }

private:
    Progress fail(Transport transport, std::string text);
    Progress failed_with(const ErrorCode& error);
    void append(View bytes, ErrorCode& error);
    void append_to_file(View bytes, ErrorCode& error);

    void on_request_impl(boost::beast::http::verb, View, View, int, ErrorCode&) override {}
    void on_response_impl(int code, View reason, int version, ErrorCode& error) override;
    void on_field_impl(boost::beast::http::field, View name, View value, ErrorCode& error) override;
    void on_header_impl(ErrorCode& error) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode& error) override;
    std::size_t on_body_impl(View body, ErrorCode& error) override;
    void on_chunk_header_impl(std::uint64_t, View, ErrorCode&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t remain, View body, ErrorCode& error) override;
    void on_finish_impl(ErrorCode& error) override;

    Reply reply_;
    const std::size_t max_body_;
    const std::string file_;
    std::ofstream out_;  // file_, from the head of a 2xx reply on
    std::size_t head_size_ = 0;
    bool in_body_ = false;
    std::optional<Inflate> gzip_;
    bool gzip_done_ = false;
};

}  // namespace dakiya::net
