my_final = None
