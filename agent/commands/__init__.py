"""The commands of ``readtheroom``: one module each, thin over the parts it joins."""
