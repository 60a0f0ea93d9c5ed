#include "engine/engine.h"
#include "repository/hold.h"
#include "repository/parity.h"
#include "storage/replicate.h"

namespace lifeboat::engine {

CopyReport copy_place(const Place& from, const Place& to, const OperationContext& context) {
    // Packs come before the index that names them: a prune between the two would take them away.
    const auto hold_from = from.repository->hold_to_read(context.stop);
    const auto hold_to = to.repository->hold(context.stop);
    // Each place makes its own parity, at its own rate, of bytes whose hash was just right.
    const auto protect = [&](const std::string& name, ByteView content,
                             const std::stop_token& stop) {
        repository::protect_file(*to.repository, name, content, stop);
    };
    const auto copied = storage::replicate(
        from.repository->backend(), to.repository->backend(),
        {.events = context.events, .place = to.name, .copied = protect}, context.stop);
    repository::protect_keys(*to.repository, context.stop);
    // Named by their backup and not by their bytes: so they are not among what was just copied.
    repository::copy_holds(*from.repository, *to.repository, context.stop);
    return {copied.files_copied, copied.bytes_copied};
}

}  // namespace lifeboat::engine
