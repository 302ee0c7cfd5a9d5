input("your password: ")
