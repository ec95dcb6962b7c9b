/* Building netlink messages, without a kernel; and one conversation with it that needs no right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "linux/netlink_message.h"

static void attributes_are_found_again_with_their_lengths(void **state)
{
	struct netlink_batch *batch = calloc(1, sizeof(*batch));
	struct ifinfomsg header = { .ifi_index = 7 };
	const size_t first = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(header));
	const char *text;
	uint32_t value;
	size_t nest;
	size_t len;

	(void)state;
	netlink_batch_init(batch);
	netlink_begin(batch, RTM_NEWLINK, NLM_F_ACK, &header, sizeof(header));
	netlink_put_text(batch, IFLA_IFNAME, "eth0");
	nest = netlink_nest_begin(batch, IFLA_LINKINFO);
	netlink_put_text(batch, IFLA_INFO_KIND, "veth");
	netlink_nest_end(batch, nest);
	netlink_put_be32(batch, IFLA_MTU, 1500);
	assert_false(batch->is_broken);
	text = netlink_find(batch->data + first, batch->len - first, IFLA_IFNAME, &len);
	assert_non_null(text);
	assert_int_equal(len, 5);
	assert_string_equal(text, "eth0");
	text = netlink_find(batch->data + first, batch->len - first, IFLA_LINKINFO, &len);
	assert_non_null(text);
	text = netlink_find(text, len, IFLA_INFO_KIND, &len);
	assert_non_null(text);
	assert_string_equal(text, "veth");
	memcpy(&value, netlink_find(batch->data + first, batch->len - first, IFLA_MTU, &len),
	       sizeof(value));
	assert_int_equal(value, htonl(1500));
	assert_null(netlink_find(batch->data + first, batch->len - first, IFLA_MASTER, &len));
	free(batch);
}

static void a_batch_that_does_not_fit_is_broken_and_not_sent(void **state)
{
	struct netlink_batch *batch = calloc(1, sizeof(*batch));
	char *data = calloc(1, 4000);

	(void)state;
	netlink_batch_init(batch);
	for (int i = 0; i < 20; i++) {
		netlink_begin(batch, RTM_NEWLINK, NLM_F_ACK, NULL, 0);
		netlink_put(batch, 1, data, 4000);
	}
	assert_true(batch->is_broken);
	assert_int_equal(netlink_call(-1, batch, NULL), -EMSGSIZE);
	free(data);
	free(batch);
}

static void a_broken_attribute_ends_the_search(void **state)
{
	struct nlattr attributes[2] = { { .nla_len = 2, .nla_type = 1 },
					{ .nla_len = 4, .nla_type = 2 } };
	size_t len;

	(void)state;
	assert_null(netlink_find(attributes, sizeof(attributes), 2, &len));
	attributes[0].nla_len = 400;
	assert_null(netlink_find(attributes, sizeof(attributes), 2, &len));
	attributes[0].nla_len = 4;
	assert_non_null(netlink_find(attributes, sizeof(attributes), 2, &len));
	assert_int_equal(len, 0);
}

static int note_loopback(void *context, uint16_t type, const void *data, size_t len)
{
	const struct ifinfomsg *link = data;
	size_t text_len;
	const char *name =
		netlink_find((const char *)data + NLMSG_ALIGN(sizeof(*link)),
			     len - NLMSG_ALIGN(sizeof(*link)), IFLA_IFNAME, &text_len);

	assert_int_equal(type, RTM_NEWLINK);
	if (name && strcmp(name, "lo") == 0)
		*(int *)context = link->ifi_index;
	return 0;
}

static void the_kernel_lists_its_links_and_refuses_one_that_is_absent(void **state)
{
	struct netlink_batch *batch = calloc(1, sizeof(*batch));
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	int fd = netlink_open(NETLINK_ROUTE);
	uint32_t failed = 99;
	int loopback = 0;

	(void)state;
	assert_true(fd >= 0);
	netlink_batch_init(batch);
	netlink_begin(batch, RTM_GETLINK, NLM_F_DUMP, &header, sizeof(header));
	assert_int_equal(netlink_dump(fd, batch, note_loopback, &loopback), 0);
	assert_int_equal(loopback, if_nametoindex("lo"));
	header.ifi_index = 0x7ffffff0;
	netlink_batch_init(batch);
	netlink_begin(batch, RTM_GETLINK, NLM_F_ACK, &header, sizeof(header));
	assert_int_equal(netlink_call(fd, batch, &failed), -ENODEV);
	assert_int_equal(failed, 0);
	(void)close(fd);
	free(batch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_are_found_again_with_their_lengths),
		cmocka_unit_test(a_batch_that_does_not_fit_is_broken_and_not_sent),
		cmocka_unit_test(a_broken_attribute_ends_the_search),
		cmocka_unit_test(the_kernel_lists_its_links_and_refuses_one_that_is_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
