evil = "=1+1<script>alert(1)</script><img src=x onerror=alert(1)>\x1b[2J\x1b]0;title\x07" + "x" * 100_000
raise type("<script>alert(1)<", (Exception,), {})(evil)
