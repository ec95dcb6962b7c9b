/* Ids go outward and come back the same; ACLs and file capabilities speak of the shifted ones. */
#include <endian.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/id_shift.h"

#define ACL_NAME	"system.posix_acl_access"
#define CAPABILITY_NAME "security.capability"

static struct spec_id_mapping uids[] = { { 0, 100000, 10 }, { 10, 200000, 5 } };
static struct spec_id_mapping gids[] = { { 0, 300000, 20 } };
static const struct id_shift outward = { .uids = { uids, 2 }, .gids = { gids, 1 } };
static const struct id_shift inward = { .uids = { uids, 2 },
					.gids = { gids, 1 },
					.is_inward = true };

static void ids_go_out_and_come_back(void **state)
{
	(void)state;
	assert_int_equal(id_shift_uid(&outward, 0), 100000);
	assert_int_equal(id_shift_uid(&outward, 9), 100009);
	assert_int_equal(id_shift_uid(&outward, 10), 200000);
	assert_int_equal(id_shift_gid(&outward, 19), 300019);
	for (uid_t id = 0; id < 15; id++)
		assert_int_equal(id_shift_uid(&inward, id_shift_uid(&outward, id)), id);
}

static void an_id_without_a_place_is_nobody_and_never_root(void **state)
{
	(void)state;
	assert_int_equal(id_shift_uid(&outward, 15), 65534);
	assert_int_equal(id_shift_gid(&outward, 20), 65534);
	assert_int_equal(id_shift_uid(&outward, UINT32_MAX), 65534);
	assert_int_equal(id_shift_uid(&inward, 0), 65534);
	assert_int_equal(id_shift_uid(&inward, 99999), 65534);
	assert_int_equal(id_shift_uid(&inward, 100010), 65534);
}

static void only_the_named_entries_of_an_acl_have_ids(void **state)
{
	struct {
		struct posix_acl_xattr_header header;
		struct posix_acl_xattr_entry entries[3];
	} acl = { .header = { htole32(POSIX_ACL_XATTR_VERSION) },
		  .entries = { { htole16(ACL_USER_OBJ), htole16(6), htole32(3) },
			       { htole16(ACL_USER), htole16(4), htole32(11) },
			       { htole16(ACL_GROUP), htole16(4), htole32(11) } } };

	(void)state;
	assert_int_equal(id_shift_xattr(&outward, ACL_NAME, (char *)&acl, sizeof(acl)),
			 sizeof(acl));
	assert_int_equal(le32toh(acl.entries[0].e_id), 3);
	assert_int_equal(le32toh(acl.entries[1].e_id), 200001);
	assert_int_equal(le16toh(acl.entries[1].e_perm), 4);
	assert_int_equal(le32toh(acl.entries[2].e_id), 300011);
	/* Cut short, only what is whole is looked at. */
	assert_int_equal(id_shift_xattr(&outward, ACL_NAME, (char *)&acl, 3), 3);
}

static void capabilities_become_those_of_the_root_inside(void **state)
{
	const uint32_t flag = VFS_CAP_FLAGS_EFFECTIVE;
	struct vfs_ns_cap_data data = { .magic_etc = htole32(VFS_CAP_REVISION_2 | flag),
					.data = { { htole32(1 << 2), 0 } } };

	(void)state;
	assert_int_equal(
		id_shift_xattr(&outward, CAPABILITY_NAME, (char *)&data, XATTR_CAPS_SZ_2),
		XATTR_CAPS_SZ_3);
	assert_int_equal(le32toh(data.magic_etc), VFS_CAP_REVISION_3 | flag);
	assert_int_equal(le32toh(data.rootid), 100000);
	assert_int_equal(le32toh(data.data[0].permitted), 1 << 2);
	assert_int_equal(
		id_shift_xattr(&inward, CAPABILITY_NAME, (char *)&data, XATTR_CAPS_SZ_3),
		XATTR_CAPS_SZ_3);
	assert_int_equal(le32toh(data.rootid), 0);
	/* Those of a root that there is no place for are nobody's. */
	data.rootid = htole32(15);
	assert_int_equal(
		id_shift_xattr(&outward, CAPABILITY_NAME, (char *)&data, XATTR_CAPS_SZ_3),
		-EOVERFLOW);
}

static void other_attributes_stay_as_they_are(void **state)
{
	char value[XATTR_CAPS_SZ_2 + ID_SHIFT_ROOM] = "text";

	(void)state;
	assert_int_equal(id_shift_xattr(&outward, "user.x", value, XATTR_CAPS_SZ_2),
			 XATTR_CAPS_SZ_2);
	assert_string_equal(value, "text");
	assert_int_equal(id_shift_xattr(&outward, CAPABILITY_NAME, value, 5), 5);
	assert_string_equal(value, "text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_go_out_and_come_back),
		cmocka_unit_test(an_id_without_a_place_is_nobody_and_never_root),
		cmocka_unit_test(only_the_named_entries_of_an_acl_have_ids),
		cmocka_unit_test(capabilities_become_those_of_the_root_inside),
		cmocka_unit_test(other_attributes_stay_as_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
