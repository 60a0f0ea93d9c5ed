#include "engine/engine.h"
#include "storage/replicate.h"

namespace lifeboat::engine {

CopyReport copy_place(const Place& from, const Place& to, const OperationContext& context) {
    const auto copied =
        storage::replicate(from.repository->backend(), to.repository->backend(),
                           {.events = context.events, .place = to.name}, context.stop);
    return {copied.files_copied, copied.bytes_copied};
}

}  // namespace lifeboat::engine
