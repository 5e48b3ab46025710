#include "send/media_gone.hpp"

#include <spdlog/spdlog.h>

namespace dakiya::send {

void give_up_handles(store::Writer& writer, const Job& job, std::int64_t now_ms) {
    if (job.handles.empty()) return;
    writer.submit(
        [handles = job.handles, now_ms](store::Session& session) {
            for (const store::MediaHandle& handle : handles)
                store::media_handles::gone(session, handle, now_ms);
        },
        [connection = job.connection.id](const std::exception_ptr& error) {
            // The next message that the provider refuses for it tries again.
            if (error) spdlog::error("media: files of connection {} could not be given up", connection);
        });
}

}  // namespace dakiya::send
