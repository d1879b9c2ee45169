"""The commands of ``readtheroom``: each module is one, thin over the parts it joins."""
