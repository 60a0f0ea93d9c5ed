#include "storage/local_place.h"

#include "base/error.h"
#include "storage/backend.h"
#include "storage/temporary_folder.h"

#include <gtest/gtest.h>

#include <fstream>

namespace lifeboat::storage {
namespace {

namespace fs = std::filesystem;

TEST(LocalPlace, MakesTheLastFolderOnly) {
    const TemporaryFolder folder;
    make_local_place(folder.sub("place"));
    EXPECT_TRUE(fs::is_directory(folder.sub("place")));
    EXPECT_EQ(fs::status(folder.sub("place")).permissions(), fs::perms::owner_all);
    EXPECT_NO_THROW(make_local_place(folder.sub("place")));
    EXPECT_NO_THROW(make_local_place(folder.sub("place/")));
    EXPECT_THROW(make_local_place(folder.sub("disk/place")), Unreachable);
    EXPECT_FALSE(fs::exists(folder.sub("disk")));
    std::ofstream(folder.sub("file")) << "x";
    EXPECT_THROW(make_local_place(folder.sub("file")), Misuse);
}

TEST(LocalPlace, MakesNothingOnADiskThatIsNotMounted) {
    const TemporaryFolder folder;
    const std::string disk = fs::canonical(folder.path()).string() + "/my disk";
    fs::create_directory(disk);
    const MountTables tables{.known = folder.sub("fstab"), .mounted = folder.sub("mounts")};
    std::ofstream(tables.known) << "# disks\nUUID=1 / ext4 defaults 0 1\n"
                                << "UUID=2 " << fs::canonical(folder.path()).string()
                                << "/my\\040disk ext4 defaults 0 2\n";
    std::ofstream(tables.mounted) << "/dev/a / ext4 rw 0 0\n";
    EXPECT_THROW(make_local_place(disk, tables), Unreachable);
    EXPECT_THROW(make_local_place(disk + "/place", tables), Unreachable);
    EXPECT_TRUE(fs::is_empty(disk));
    EXPECT_NO_THROW(make_local_place(disk + " 2", tables)) << "only its name starts alike";

    std::ofstream(tables.mounted) << "/dev/a / ext4 rw 0 0\n/dev/b "
                                  << fs::canonical(folder.path()).string()
                                  << "/my\\040disk ext4 rw 0 0\n";
    EXPECT_NO_THROW(make_local_place(disk + "/place", tables));
    EXPECT_TRUE(fs::is_directory(disk + "/place"));
}

}  // namespace
}  // namespace lifeboat::storage
