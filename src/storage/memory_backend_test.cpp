#include "storage/memory_backend.h"

#include "storage/backend_contract.h"

namespace lifeboat::storage {
namespace {

class MemoryPlace {
public:
    Backend& backend() { return backend_; }

private:
    MemoryBackend backend_;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, BackendContract, MemoryPlace);

TEST(MemoryBackend, IsFullAtItsCapacity) {
    MemoryBackend backend(10);
    backend.save("config", to_bytes("12345678"), {});
    EXPECT_EQ(backend.space({})->free, 2U);
    EXPECT_THROW(backend.save("keys/a", to_bytes("123"), {}), NoSpace);
    EXPECT_EQ(backend.files().size(), 1U);
    backend.save("keys/a", to_bytes("12"), {});
    EXPECT_EQ(backend.space({})->free, 0U);
}

}  // namespace
}  // namespace lifeboat::storage
